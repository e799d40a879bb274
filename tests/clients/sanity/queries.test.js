// Every query the simulator knows gives what groq-js, an evaluator of the language, gives on the same documents.

import assert from 'node:assert/strict'
import {after, before, test} from 'node:test'

import {evaluate, parse} from 'groq-js'

import {Random} from '../random.js'
import {startSimulator} from '../simulator.js'
import {CHANGED, clientFor, CONFIG, COUNT, IDS} from './calls.js'

const DATASETS = 200
const PERSPECTIVES = ['published', 'raw', 'drafts']
const LIMITS = [0, 1, 3, 500, 500]
const TYPES = ['post', 'page', 'author']
const PREFIXES = ['', '', '', 'drafts.', 'drafts.', 'versions.r1.', 'inner.']
// Ties, and one moment at several precisions: text comparison puts the fraction before the whole second.
const TIMES = [
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.5Z',
  '2026-01-01T00:00:00.500Z',
  '2026-01-01T00:00:00.123Z',
  '2026-01-01T00:00:01Z',
  '2026-03-01T10:00:00Z',
  '2026-03-01T10:00:00.001Z',
]

let simulator
let client

before(async () => {
  simulator = await startSimulator('sanity', CONFIG)
  client = clientFor(simulator)
})
after(() => simulator.stop())

const QUERIES = {
  changed_documents: {
    text: CHANGED,
    params: (random, ids) => ({
      types: random.pick([TYPES, TYPES, ['post'], ['page', 'none'], random.some(TYPES), [], 'post', null, ['post', 5]]),
      since: random.pick(['', '', ...TIMES, ...TIMES.slice(0, 5), '2026-02-01', null, 5]),
      after: random.pick(['', '', ...ids, 'm', null, 7]),
    }),
  },
  ids: {
    text: IDS,
    params: (random, ids) => ({
      type: random.pick([...TYPES, 'none', null, 5]),
      after: random.pick(['', '', ...ids, 'm', null, 7]),
    }),
  },
  count_at_most_one: {text: () => COUNT, params: () => ({})},
}

test('every query that the simulator knows is compared here', async () => {
  const {queries} = await simulator.admin('GET', 'queries')
  const compared = Object.fromEntries(Object.entries(QUERIES).map(([name, {text}]) => [name, text('<N>')]))
  assert.deepEqual(queries, compared)
})

test(`the answers are those of groq-js on ${DATASETS} datasets`, async () => {
  let compared = 0
  let notEmpty = 0
  for (let seed = 1; seed <= DATASETS; seed++) {
    const random = new Random(seed)
    const documents = await seeded(random)
    for (const perspective of PERSPECTIVES) {
      const dataset = seenBy(perspective, documents)
      for (const [query, params] of questions(random, documents)) {
        const expected = await groq(query, params, dataset)
        const actual = await ask(random, query, params, perspective)
        assert.deepEqual(actual, expected, JSON.stringify({seed, perspective, query, params}))
        compared += 1
        notEmpty += actual === 1 || actual.length > 0 ? 1 : 0
      }
    }
  }
  assert.ok(compared >= DATASETS * PERSPECTIVES.length * 7)
  assert.ok(notEmpty > compared / 4, `only ${notEmpty} of ${compared} answers held anything`)
})

async function seeded(random) {
  await simulator.admin('POST', 'reset', {})
  const size = random.pick([0, 2, 10, 20, 40, 40])
  await simulator.admin('POST', 'seed', {documents: Array.from({length: size}, () => document(random))})
  return (await simulator.admin('GET', 'dump')).documents
}

function document(random) {
  const made = {
    _id: `${random.pick(PREFIXES)}${random.pick(['a', 'B', 'c', 'e', 'x'])}-${random.below(12)}`,
    _type: random.pick(TYPES),
    _updatedAt: random.pick(TIMES),
  }
  if (random.chance(0.5)) made.title = random.pick(['t', '', null, 'ä', 5])
  if (random.chance(0.3)) made.seo = {description: random.pick(['d', null]), list: [1, {_key: 'k'}]}
  return made
}

function* questions(random, documents) {
  const ids = documents.map((each) => each._id)
  for (const {text, params} of Object.values(QUERIES)) {
    const sets = text() === COUNT ? 1 : 3
    for (let number = 0; number < sets; number++) yield [text(random.pick(LIMITS)), params(random, ids)]
  }
}

// groq-js has no perspectives, so the documents are chosen first.
function seenBy(perspective, documents) {
  if (perspective === 'raw') return documents
  const published = documents.filter(({_id}) => !_id.startsWith('drafts.') && !_id.startsWith('versions.'))
  if (perspective === 'published') return published
  const drafts = documents.filter(({_id}) => _id.startsWith('drafts.'))
  const drafted = new Set(drafts.map(({_id}) => _id.slice('drafts.'.length)))
  return [
    ...published.filter(({_id}) => !drafted.has(_id)).map((each) => ({...each, _originalId: each._id})),
    ...drafts.map((each) => ({...each, _id: each._id.slice('drafts.'.length), _originalId: each._id})),
  ]
}

async function groq(query, params, dataset) {
  const value = await evaluate(parse(query, {params}), {dataset, params})
  return value.get()
}

async function ask(random, query, params, perspective) {
  if (random.chance(0.2)) return client.fetch(query, params, {perspective})
  const answer = await fetch(`${simulator.url}/v2025-02-19/data/query/production?perspective=${perspective}`, {
    method: 'POST',
    headers: {authorization: 'Bearer editor', 'x-sanity-project-id': CONFIG.projectId},
    body: JSON.stringify({query, params}),
  })
  return (await answer.json()).result
}
