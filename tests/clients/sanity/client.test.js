// @sanity/client against the simulator: what it sends is understood, what it gets it understands.

import assert from 'node:assert/strict'
import {after, before, beforeEach, describe, test} from 'node:test'

import {ClientError, ServerError} from '@sanity/client'

import {startSimulator} from '../simulator.js'
import {CHANGED, clientFor, CONFIG, COUNT, IDS} from './calls.js'

let simulator
let client

before(async () => {
  simulator = await startSimulator('sanity', CONFIG)
  client = clientFor(simulator)
})
beforeEach(() => simulator.admin('POST', 'reset', {}))
after(() => simulator.stop())

const post = (id, fields = {}) => ({_id: id, _type: 'post', ...fields})
const requests = async () => (await simulator.admin('GET', 'requests')).requests

describe('reading', () => {
  test('a short query goes by GET and a long one by POST, with the same result', async () => {
    await simulator.admin('POST', 'seed', {documents: [post('a'), post('b')]})
    const params = {types: ['post'], since: '', after: ''}
    const short = await client.fetch(CHANGED(500), params)
    const many = Array.from({length: 2000}, (_, number) => `type${number}`)
    const long = await client.fetch(CHANGED(500), {...params, types: ['post', ...many]})
    assert.deepEqual(
      short.map((document) => document._id),
      ['a', 'b'],
    )
    assert.deepEqual(long, short)
    assert.deepEqual(
      (await requests()).map((request) => request.method),
      ['GET', 'POST'],
    )
  })

  test('perspective and tag are sent in the address', async () => {
    await simulator.admin('POST', 'seed', {documents: [post('drafts.a')]})
    assert.equal(await client.fetch(COUNT, {}, {perspective: 'raw', tag: 'sync.pull'}), 1)
    assert.equal(await client.fetch(COUNT, {}, {perspective: 'published'}), 0)
    assert.equal(await client.fetch(COUNT), 0)
    assert.equal((await requests())[0].query.tag, 'sync.pull')
  })

  test('an unfiltered answer holds the query and its time', async () => {
    const answer = await client.fetch(COUNT, {}, {filterResponse: false})
    assert.equal(answer.query, COUNT)
    assert.equal(answer.result, 0)
    assert.equal(typeof answer.ms, 'number')
  })

  test('getDocument and getDocuments read by id, missing ones included', async () => {
    await simulator.admin('POST', 'seed', {documents: [post('a', {title: 't'}), post('b')]})
    assert.equal((await client.getDocument('a')).title, 't')
    assert.equal(await client.getDocument('none'), undefined)
    const [first, second, third] = await client.getDocuments(['b', 'none', 'a'])
    assert.deepEqual([first._id, second, third._id], ['b', null, 'a'])
  })

  test('an id sweep answers ids', async () => {
    await simulator.admin('POST', 'seed', {documents: [post('a'), post('b'), post('c')]})
    assert.deepEqual(await client.fetch(IDS(2), {type: 'post', after: 'a'}), ['b', 'c'])
  })

  test('a query error is shown with its place', async () => {
    const error = await client.fetch(IDS(2), {type: 'post'}).catch((caught) => caught)
    assert.ok(error instanceof ClientError)
    assert.equal(error.statusCode, 400)
    assert.match(error.message, /param \$after referenced, but not provided/)
    assert.equal(error.details.type, 'queryParseError')
  })
})

describe('writing', () => {
  test('create answers the document, and a second one is a conflict', async () => {
    const created = await client.create(post('a', {title: 't'}))
    assert.equal(created.title, 't')
    assert.equal(created._createdAt, created._updatedAt)
    const error = await client.create(post('a')).catch((caught) => caught)
    assert.ok(error instanceof ClientError)
    assert.equal(error.statusCode, 409)
    assert.match(error.message, /^Mutation\(s\) failed with 1 error\(s\)[^:]*:\n- Document by ID "a" already exists$/)
    assert.equal(error.details.items[0].error.type, 'documentAlreadyExistsError')
  })

  test('create makes an id where none is given', async () => {
    const created = await client.create({_type: 'post'})
    assert.equal((await client.getDocument(created._id))._rev, created._rev)
  })

  test('createOrReplace replaces, createIfNotExists leaves alone', async () => {
    await client.create(post('a', {title: 'old', lead: 'old'}))
    const replaced = await client.createOrReplace(post('a', {title: 'new'}))
    assert.deepEqual([replaced.title, replaced.lead], ['new', undefined])
    const left = await client.createIfNotExists(post('a', {title: 'other'}))
    assert.equal(left.title, 'new')
    assert.equal(left._rev, replaced._rev)
  })

  test('a patch on the expected revision goes through, on another it is a conflict', async () => {
    const {_rev} = await client.create(post('a', {count: 1, tags: ['x']}))
    const patched = await client
      .patch('a')
      .ifRevisionId(_rev)
      .set({'slug.current': 's'})
      .inc({count: 2})
      .append('tags', ['y'])
      .commit()
    assert.deepEqual([patched.slug, patched.count, patched.tags], [{current: 's'}, 3, ['x', 'y']])
    const error = await client
      .patch('a')
      .ifRevisionId(_rev)
      .set({title: 'late'})
      .commit()
      .catch((caught) => caught)
    assert.equal(error.statusCode, 409)
    const {type, currentRevisionID, expectedRevisionID} = error.details.items[0].error
    assert.equal(type, 'documentRevisionIDDoesNotMatchError')
    assert.deepEqual([currentRevisionID, expectedRevisionID], [patched._rev, _rev])
  })

  test('patching what is not there names it', async () => {
    const error = await client
      .patch('none')
      .set({title: 't'})
      .commit()
      .catch((caught) => caught)
    assert.equal(error.statusCode, 409)
    assert.equal(error.details.items[0].error.type, 'documentNotFoundError')
  })

  test('delete removes, and deleting again is no error', async () => {
    await client.create(post('a'))
    const answer = await client.delete('a')
    assert.deepEqual(answer.results, [{id: 'a', operation: 'delete'}])
    assert.equal(await client.getDocument('a'), undefined)
    assert.deepEqual((await client.delete('a')).results, [{id: 'a', operation: 'none'}])
  })

  test('a transaction of create-and-patch pairs is one revision, and its replay is refused', async () => {
    const transaction = () =>
      client
        .transaction()
        .createIfNotExists(post('a'))
        .patch('a', (patch) => patch.set({title: 'a'}))
        .createIfNotExists(post('b'))
        .patch('b', (patch) => patch.set({title: 'b'}))
        .transactionId('job-1.batch-1')
    const answer = await transaction().commit()
    assert.equal(answer.transactionId, 'job-1.batch-1')
    assert.deepEqual(
      answer.results.map(({id, operation}) => [id, operation]),
      [
        ['a', 'create'],
        ['a', 'update'],
        ['b', 'create'],
        ['b', 'update'],
      ],
    )
    const documents = await client.getDocuments(['a', 'b'])
    assert.deepEqual(
      documents.map(({title, _rev}) => [title, _rev]),
      [
        ['a', 'job-1.batch-1'],
        ['b', 'job-1.batch-1'],
      ],
    )
    const error = await transaction()
      .commit()
      .catch((caught) => caught)
    assert.equal(error.statusCode, 409)
    assert.equal(error.details.type, 'transactionAlreadyExistsError')
  })

  test('one bad document rejects its whole transaction and is named by its index', async () => {
    const error = await client
      .mutate([{create: post('good')}, {create: {_id: 'bad', _type: 'post', _secret: 1}}])
      .catch((caught) => caught)
    assert.equal(error.statusCode, 400)
    assert.equal(error.details.items[0].index, 1)
    assert.equal(await client.getDocument('good'), undefined)
  })

  test('a dry run stores nothing', async () => {
    const answer = await client.mutate([{create: post('a')}], {dryRun: true, visibility: 'async'})
    assert.deepEqual(answer.documentIds, ['a'])
    assert.equal(await client.getDocument('a'), undefined)
    const [request] = await requests()
    const flags = {dryRun: 'true', returnIds: 'true', returnDocuments: 'true', visibility: 'async'}
    assert.deepEqual(request.query, flags)
  })

  test('array keys are generated when the client asks for them', async () => {
    const created = await client.create(post('a', {rows: [{n: 1}]}), {autoGenerateArrayKeys: true})
    assert.equal(typeof created.rows[0]._key, 'string')
  })
})

describe('refusals', () => {
  const cases = [
    ['unknown', 'SIO-401-ANF', 'Unauthorized - Session not found'],
    ['elsewhere', 'SIO-401-AWH', 'Unauthorized - Session does not match project host'],
    ['expired', 'SIO-401-AEX', 'Unauthorized - Session has expired'],
  ]
  for (const [token, code, message] of cases) {
    test(`a token that is ${token} is ${code}`, async () => {
      const error = await clientFor(simulator, {token})
        .fetch(COUNT)
        .catch((caught) => caught)
      assert.ok(error instanceof ClientError)
      assert.equal(error.statusCode, 401)
      assert.equal(error.message.replace(/ \(traceId.*/, ''), message)
      assert.equal(error.response.body.errorCode, code)
    })
  }

  test('a viewer may not write, and the dry run shows it', async () => {
    const viewer = clientFor(simulator, {token: 'viewer'})
    assert.equal(await viewer.fetch(COUNT), 0)
    const error = await viewer.createIfNotExists(post('probe'), {dryRun: true}).catch((caught) => caught)
    assert.equal(error.statusCode, 403)
    assert.match(error.message, /Insufficient permissions; permission "create" required/)
    assert.equal(error.details.items[0].error.type, 'insufficientPermissionsError')
  })

  test('another dataset and another project are not found', async () => {
    for (const options of [{dataset: 'staging'}, {projectId: 'p2'}]) {
      const error = await clientFor(simulator, options)
        .fetch(COUNT)
        .catch((caught) => caught)
      assert.equal(error.statusCode, 404)
      assert.match(error.message, /^Not Found - (Dataset|Project) not found/)
    }
  })

  test('too many requests are 429, which the client tries again when it may', async () => {
    await simulator.admin('POST', 'config', {rateLimits: true, requestsPerSecond: 1})
    await client.fetch(COUNT)
    const error = await client.fetch(COUNT).catch((caught) => caught)
    assert.ok(error instanceof ClientError)
    assert.equal(error.statusCode, 429)
    assert.match(error.message, /API rate limit exceeded/)
    assert.equal(await clientFor(simulator, {maxRetries: 5}).fetch(COUNT), 0)
  })

  test('a failing service is a ServerError', async () => {
    await simulator.admin('POST', 'faults', {faults: [{kind: 'status', status: 503}]})
    const error = await client.fetch(COUNT).catch((caught) => caught)
    assert.ok(error instanceof ServerError)
    assert.equal(error.statusCode, 503)
  })
})
