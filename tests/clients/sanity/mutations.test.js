// Documents after generated mutations are what Sanity's own mutator makes of them.
//
// What @sanity/mutator 6.10.1 does otherwise than the service, or can't do, isn't generated:
// - it ignores ifRevisionID, and lets `create` pass on an existing document;
// - it runs setIfMissing before set, where the documentation has it after: no patch touches one attribute with both;
// - it stamps `_updatedAt` on a document that no mutation changed;
// - `set` beyond a list's end leaves holes, and on a missing list an empty object; a negative place followed by more
//   path, and `unset` below a value that is no object, throw.

import assert from 'node:assert/strict'
import {after, before, test} from 'node:test'

import {Mutation} from '@sanity/mutator'

import {Random} from '../random.js'
import {startSimulator} from '../simulator.js'
import {clientFor, CONFIG} from './calls.js'

const DOCUMENTS = 250
const TRANSACTIONS = 5
const NOW = '2026-05-01T12:00:00Z'

let simulator
let client

before(async () => {
  simulator = await startSimulator('sanity', CONFIG)
  client = clientFor(simulator)
  await simulator.admin('POST', 'clock', {now: NOW, frozen: true})
})
after(() => simulator.stop())

test(`${DOCUMENTS} documents are as the mutator has them after each of ${TRANSACTIONS} transactions`, async () => {
  const seen = new Set()
  for (let seed = 1; seed <= DOCUMENTS; seed++) {
    const random = new Random(seed)
    const id = `d${seed}`
    let present = null
    for (let number = 0; number < TRANSACTIONS; number++) {
      const mutations = transaction(random, id, present)
      for (const mutation of mutations) for (const name of names(mutation)) seen.add(name)
      present = await checked(id, present, mutations, `${id}.${number}`)
    }
  }
  const expected = ['create', 'createOrReplace', 'createIfNotExists', 'delete', 'patch', ...Object.keys(OPERATIONS)]
  assert.deepEqual([...seen].sort(), expected.sort())
})

async function checked(id, present, mutations, transactionId) {
  const expected = mutated(present, mutations, transactionId)
  const answer = await client.mutate(structuredClone(mutations), {transactionId, returnDocuments: false})
  const stored = (await client.getDocument(id)) ?? null
  const untouched = answer.results.every(({operation}) => operation === 'none')
  assert.deepEqual(stored, untouched ? present : expected, JSON.stringify({present, mutations}))
  return stored
}

// The mutator changes what it is given, and can leave `undefined` behind: it gets copies, and its outcome is read as JSON.
function mutated(present, mutations, transactionId) {
  const options = {mutations: structuredClone(mutations), transactionId, resultRev: transactionId, timestamp: NOW}
  return JSON.parse(JSON.stringify(new Mutation(options).apply(structuredClone(present))))
}

function names(mutation) {
  const [kind, body] = Object.entries(mutation)[0]
  return kind === 'patch' ? ['patch', ...Object.keys(body).filter((key) => key !== 'id')] : [kind]
}

function transaction(random, id, present) {
  const mutations = []
  let state = present
  for (let number = 1 + random.below(3); number > 0; number--) {
    const mutation = state === null ? creation(random, id) : change(random, id, state)
    mutations.push(mutation)
    state = mutated(state, [mutation], 'tracking')
  }
  return mutations
}

function creation(random, id) {
  return {[random.pick(['create', 'createOrReplace', 'createIfNotExists'])]: document(random, id)}
}

function change(random, id, state) {
  if (random.chance(0.05)) return {delete: {id}}
  if (random.chance(0.08)) return {createOrReplace: document(random, id)}
  if (random.chance(0.1)) return {createIfNotExists: document(random, id)}
  return {patch: patch(random, id, state)}
}

function document(random, id) {
  const made = {_id: id, _type: random.pick(['post', 'page'])}
  if (random.chance(0.2)) made._createdAt = '2020-01-01T00:00:00Z'
  for (const [name, value] of Object.entries(ATTRIBUTES)) if (random.chance(0.6)) made[name] = value(random)
  return made
}

const ATTRIBUTES = {
  title: (random) => random.pick(['a', '', null, 'Ünïcode', true]),
  count: (random) => random.below(10) / 2,
  slug: (random) => ({_type: 'slug', current: random.pick(['a', 'b'])}),
  seo: (random) => random.pick([{description: 'd'}, {image: {alt: 'x', width: 3}}, {}, 'plain']),
  'odd-name': (random) => ({x: random.below(5)}),
  tags: (random) => Array.from({length: random.below(4)}, () => random.pick(['x', 'y', 1])),
  rows: (random) => Array.from({length: random.below(4)}, () => row(random)),
}

const row = (random) => ({_key: random.pick(['k1', 'k2', 'k3']), n: random.below(5), deep: {m: 1}})

// For each kind of operation, a path and its value in a document of this state, or nothing where none fits.
const OPERATIONS = {
  set: (random, name, state) => entry(random, anyPath(random, name, state), () => random.pick(['s', 1, null, {n: 1}])),
  setIfMissing: (random, name) => entry(random, attributePath(random, name), () => random.pick(['m', {n: 2}])),
  unset: (random, name, state) => [unsetPath(random, name, state)],
  inc: (random, name, state) => entry(random, numberPath(random, name, state), () => 1 + random.below(3) / 2),
  dec: (random, name, state) => entry(random, numberPath(random, name, state), () => 1 + random.below(3) / 2),
  insert: (random, name, state) => insertion(random, name, state),
}

// Every attribute is touched by one operation at most, so that the order of operations can't matter.
function patch(random, id, state) {
  const made = {id}
  for (const name of Object.keys(ATTRIBUTES).filter(() => random.chance(0.4))) {
    const operation = random.pick(Object.keys(OPERATIONS))
    const part = OPERATIONS[operation](random, name, state)
    if (!part || part[0] === undefined) continue
    if (operation === 'unset') made.unset = [...(made.unset ?? []), ...part]
    else if (operation === 'insert') made.insert = part[0]
    else made[operation] = {...made[operation], [part[0]]: part[1]}
  }
  return made
}

const entry = (random, path, value) => (path === undefined ? undefined : [path, value()])

const root = (name) => (name === 'odd-name' ? "['odd-name']" : name)

function attributePath(random, name) {
  return random.pick([root(name), ...{seo: ['seo.description', 'seo.image.alt'], slug: ['slug.current']}[name] ?? []])
}

function anyPath(random, name, state) {
  const listed = name === 'tags' || name === 'rows' ? listPath(random, name, state) : undefined
  return listed && random.chance(0.7) ? listed : attributePath(random, name)
}

function listPath(random, name, state) {
  const list = state[name]
  if (!Array.isArray(list) || list.length === 0) return undefined
  const place = random.below(list.length)
  if (name === 'tags') return random.pick([`tags[${place}]`, 'tags[-1]', 'tags.attribute.of.list'])
  if (typeof list[place] !== 'object') return `rows[${place}]`
  return random.pick([`rows[${place}].n`, 'rows[_key=="k1"].n', 'rows[_key=="k2"].deep.m', 'rows[n==1].added.here'])
}

function unsetPath(random, name, state) {
  const below = {seo: ['description', 'image'], slug: ['current'], 'odd-name': ['x']}[name]
  const value = state[name]
  if (below && value && typeof value === 'object' && random.chance(0.7)) return `${root(name)}.${random.pick(below)}`
  if (name === 'tags' && Array.isArray(value)) return random.pick(['tags', 'tags[0]', 'tags[-1]', 'tags[7]'])
  if (name === 'rows' && Array.isArray(value)) return random.pick(['rows', 'rows[_key=="k1"]', 'rows[0]', 'rows[n==2]'])
  return root(name)
}

function numberPath(random, name, state) {
  const rows = Array.isArray(state.rows) && state.rows.every((each) => each && typeof each === 'object')
  if (name === 'rows' && rows) return random.pick(['rows[_key=="k1"].n', 'rows[_key=="k3"].deep.m'])
  if (name === 'seo' && state.seo?.image instanceof Object) return 'seo.image.width'
  if (name === 'odd-name' && state[name] instanceof Object) return "['odd-name'].x"
  return {count: 'count', title: 'title', tags: 'tags[0]'}[name]
}

function insertion(random, name, state) {
  if ((name !== 'tags' && name !== 'rows') || !(name in state) || !Array.isArray(state[name])) return undefined
  const places = [`${name}[-1]`, `${name}[0]`, ...(name === 'rows' ? ['rows[_key=="k2"]'] : [])]
  const items = Array.from({length: 1 + random.below(2)}, () => (name === 'rows' ? row(random) : 'new'))
  return [{[random.pick(['before', 'after', 'replace'])]: random.pick(places), items}]
}
