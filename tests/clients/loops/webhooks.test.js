// standardwebhooks verifies what the simulator sends.

import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer} from 'node:http'
import {after, before, test} from 'node:test'

import {Webhook, WebhookVerificationError} from 'standardwebhooks'

import {startSimulator} from '../simulator.js'
import {clientFor, CONFIG} from './calls.js'

const SECRET = 'whsec_bG9vcHMtdGVzdC1zaWduaW5nLWtleS0zMmJ5dGVzISE='
const received = []
let simulator
let receiver

before(async () => {
  receiver = createServer(async (request, response) => {
    const parts = []
    for await (const part of request) parts.push(part)
    received.push({headers: request.headers, body: Buffer.concat(parts).toString()})
    response.end()
    receiver.emit('received')
  })
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const webhookUrl = `http://127.0.0.1:${receiver.address().port}/`
  simulator = await startSimulator('loops', {...CONFIG, webhookUrl, webhookSecret: SECRET})
})
after(async () => {
  await simulator.stop()
  receiver.closeAllConnections()
  receiver.close()
})

test('a webhook verifies as it was sent, and not if anything of it is changed', async () => {
  const arrival = once(receiver, 'received')
  const {id} = await clientFor(simulator).createContact({email: 'ä@b.co', properties: {firstName: 'Änne ✓'}})
  await arrival
  const [{headers, body}] = received
  const payload = new Webhook(SECRET).verify(body, headers)
  assert.equal(payload.eventName, 'contact.created')
  assert.deepEqual(payload.contactIdentity, {id, email: 'ä@b.co', userId: null})
  assert.equal(payload.contact.firstName, 'Änne ✓')

  const refuses = (changedBody, changedHeaders, secret = SECRET) =>
    assert.throws(() => new Webhook(secret).verify(changedBody, {...headers, ...changedHeaders}), WebhookVerificationError)
  refuses(`${body} `, {})
  refuses(body, {'webhook-id': 'msg_other'})
  refuses(body, {'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 1)})
  refuses(body, {}, 'whsec_b3RoZXI=')
})

test('one that the clock makes old is refused for its age', async () => {
  await simulator.admin('POST', 'clock', {advanceSeconds: -301})
  const arrival = once(receiver, 'received')
  await simulator.admin('POST', 'webhooks/test', {})
  await arrival
  const {headers, body} = received.at(-1)
  assert.throws(() => new Webhook(SECRET).verify(body, headers), /too old/)
})
