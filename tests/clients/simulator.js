// Starts a simulator as a process of its own and drives its admin routes.

import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))

// The interpreter is $PYTHON, else python3; the process ends with this one, since it watches its stdin.
export async function startSimulator(service, config = {}) {
  const python = process.env.PYTHON ?? 'python3'
  const child = spawn(python, ['-m', `tests.simulators.${service}`, '--config-file', '-', '--exit-with-stdin'], {
    cwd: REPOSITORY,
    env: {...process.env, PYTHONPATH: REPOSITORY},
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.write(`${JSON.stringify(config)}\n`)
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${python} -m tests.simulators.${service} ended with ${code}`)
    }),
  ])
  const {url, adminUrl} = JSON.parse(line)
  return {
    url,
    admin: (method, path, body) => callAdmin(adminUrl, method, path, body),
    stop: async () => {
      child.stdin.end()
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

async function callAdmin(adminUrl, method, path, body) {
  const answer = await fetch(`${adminUrl}/${path}`, {method, body: body && JSON.stringify(body)})
  const value = await answer.json()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(value)}`)
  return value
}
