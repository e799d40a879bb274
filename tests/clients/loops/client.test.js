// The loops package against the simulator: what it sends is understood, what it gets it understands.

import assert from 'node:assert/strict'
import {after, before, beforeEach, describe, test} from 'node:test'

import {APIError, RateLimitExceededError} from 'loops'

import {startSimulator} from '../simulator.js'
import {clientFor, CONFIG} from './calls.js'

let simulator
let client

before(async () => {
  simulator = await startSimulator('loops', CONFIG)
  client = clientFor(simulator)
})
beforeEach(() => simulator.admin('POST', 'reset', {}))
after(() => simulator.stop())

const contacts = async () => (await simulator.admin('GET', 'dump')).documents
const requests = async () => (await simulator.admin('GET', 'requests')).requests

async function refusal(call, statusCode) {
  const error = await call.then(
    () => assert.fail('the call went through'),
    (caught) => caught,
  )
  assert.ok(error instanceof APIError, String(error))
  assert.equal(error.statusCode, statusCode)
  assert.equal(error.json.success, false)
  return error
}

describe('the key', () => {
  test('a good one names the team', async () => {
    assert.deepEqual(await client.testApiKey(), {success: true, teamName: 'Acme'})
  })

  test('a bad one is refused on every path', async () => {
    const stranger = clientFor(simulator, 'wrong')
    const error = await refusal(stranger.testApiKey(), 401)
    assert.equal(error.message, '401 - Invalid API key')
    await refusal(stranger.createContact({email: 'a@b.co'}), 401)
    assert.deepEqual(await contacts(), [])
  })
})

describe('contacts', () => {
  test('are made, found, changed and deleted', async () => {
    const made = await client.createContact({
      email: 'a+b@b.co',
      properties: {firstName: 'Ann', userId: 'u1', plan: 'pro'},
      mailingLists: {l1: true},
    })
    assert.equal(made.success, true)
    assert.deepEqual(await client.findContact({email: 'a+b@b.co'}), [
      {
        id: made.id,
        email: 'a+b@b.co',
        firstName: 'Ann',
        lastName: null,
        source: 'API',
        subscribed: true,
        userGroup: '',
        userId: 'u1',
        mailingLists: {l1: true},
        optInStatus: null,
        plan: 'pro',
      },
    ])
    const changed = await client.updateContact({userId: 'u1', properties: {plan: null, email: 'new@b.co'}})
    assert.equal(changed.id, made.id)
    const [contact] = await client.findContact({userId: 'u1'})
    assert.equal(contact.email, 'new@b.co')
    assert.ok(!('plan' in contact))
    assert.deepEqual(await client.deleteContact({userId: 'u1'}), {success: true, message: 'Contact deleted.'})
    assert.deepEqual(await client.findContact({userId: 'u1'}), [])
  })

  test('a second one of an address is a conflict, but an update makes or changes', async () => {
    const made = await client.updateContact({email: 'a@b.co', properties: {subscribed: false}})
    await refusal(client.createContact({email: 'a@b.co'}), 409)
    assert.equal((await client.updateContact({email: 'a@b.co', properties: {lastName: 'B'}})).id, made.id)
    const [contact] = await contacts()
    assert.deepEqual([contact.subscribed, contact.lastName], [false, 'B'])
  })

  test('refusals carry status and reason', async () => {
    const error = await refusal(client.updateContact({email: 'nobody'}), 400)
    assert.equal(error.message, '400 - Invalid email address.')
    await refusal(client.deleteContact({email: 'nobody@b.co'}), 404)
    await refusal(client.updateContact({email: 'a@b.co', mailingLists: {l2: true}}), 400)
  })
})

describe('properties and lists', () => {
  test('a property is made once and listed', async () => {
    assert.deepEqual(await client.createContactProperty('favoriteColor', 'string'), {success: true})
    const error = await refusal(client.createContactProperty('favoriteColor', 'string'), 400)
    assert.equal(error.json.message, 'Property already exists.')
    assert.deepEqual(await client.listContactProperties('custom'), [
      {key: 'plan', label: 'Plan', type: 'string'},
      {key: 'favoriteColor', label: 'Favorite color', type: 'string'},
    ])
    assert.ok((await client.listContactProperties()).some(({key}) => key === 'firstName'))
  })

  test('mailing lists are listed', async () => {
    assert.deepEqual(await client.listMailingLists(), [
      {id: 'l1', name: 'News', description: 'What is new', isPublic: true},
    ])
  })
})

describe('events', () => {
  const event = {email: 'a@b.co', eventName: 'signup', eventProperties: {n: 3}, headers: {'Idempotency-Key': 'k'}}

  test('one is taken, and its key only once', async () => {
    assert.deepEqual(await client.sendEvent(event), {success: true})
    const error = await refusal(client.sendEvent(event), 409)
    assert.equal(error.json.message, 'Idempotency key already used with a different request body.')
    const {events} = await simulator.admin('GET', 'events')
    assert.deepEqual(
      events.map(({eventName, idempotencyKey}) => [eventName, idempotencyKey]),
      [['signup', 'k']],
    )
  })
})

describe('trouble', () => {
  test('the eleventh request of a second is refused with the limit', async () => {
    await simulator.admin('POST', 'config', {rateLimits: true})
    const outcomes = await Promise.allSettled(Array.from({length: 11}, () => client.testApiKey()))
    const refused = outcomes.filter(({status}) => status === 'rejected')
    assert.equal(refused.length, 1)
    assert.ok(refused[0].reason instanceof RateLimitExceededError)
    assert.deepEqual([refused[0].reason.limit, refused[0].reason.remaining], [10, 0])
  })

  test('an ordered answer and a broken one come as errors of their kind', async () => {
    await simulator.admin('POST', 'faults', {faults: [{kind: 'status', status: 503}, {kind: 'malformed_json', match: {nth: 2}}]})
    await refusal(client.testApiKey(), 503)
    const error = await client.testApiKey().catch((caught) => caught)
    assert.ok(error instanceof APIError)
    assert.equal(error.json, null)
  })

  test('a lost acknowledgement leaves the contact changed', async () => {
    await simulator.admin('POST', 'faults', {faults: [{kind: 'reset_after'}]})
    await assert.rejects(client.updateContact({email: 'a@b.co'}), TypeError)
    assert.equal((await contacts()).length, 1)
    assert.deepEqual((await requests()).map(({status}) => status), [null])
  })
})
