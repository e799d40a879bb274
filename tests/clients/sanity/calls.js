// The simulated project, and a client for it as an integration would make one.

import {createClient} from '@sanity/client'

export const CONFIG = {
  projectId: 'p1',
  dataset: 'production',
  rateLimits: false,
  tokens: [
    {token: 'editor', role: 'editor'},
    {token: 'viewer', role: 'viewer'},
    {token: 'elsewhere', role: 'editor', projectId: 'p2'},
    {token: 'expired', role: 'editor', expired: true},
  ],
}

export const CHANGED = (limit) =>
  '*[_type in $types && (_updatedAt > $since || (_updatedAt == $since && _id > $after))]' +
  ` | order(_updatedAt asc, _id asc)[0...${limit}]`

export const IDS = (limit) => `*[_type == $type && _id > $after] | order(_id asc)[0...${limit}]._id`

export const COUNT = 'count(*[0...1])'

export function clientFor(simulator, options = {}) {
  return createClient({
    apiHost: simulator.url,
    useProjectHostname: false,
    projectId: CONFIG.projectId,
    dataset: CONFIG.dataset,
    apiVersion: '2025-02-19',
    token: 'editor',
    useCdn: false,
    maxRetries: 0,
    ...options,
  })
}
