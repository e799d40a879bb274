// The simulated team, and a client for it as an integration would make one.

import {LoopsClient} from 'loops'

export const CONFIG = {
  rateLimits: false,
  apiKeys: ['key'],
  teamName: 'Acme',
  properties: [{key: 'plan', type: 'string'}],
  mailingLists: [{id: 'l1', name: 'News', description: 'What is new'}],
}

export function clientFor(simulator, key = 'key') {
  const client = new LoopsClient(key)
  client.apiRoot = `${simulator.url}/api/`
  return client
}
