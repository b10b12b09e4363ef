#!/usr/bin/env node
// The same in Node, without a package: recipes/legacy-pool.mjs src/*.js > review.json
import { execFile } from 'node:child_process'

const AT_ONCE = 8
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

// Whatever ends this program ends its agents, too.
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort())

/** `null`: the agent failed, and stderr says why. Rejects when there is no claude at all, or when it is stopped. */
function review(file) {
  const args = ['-p', `Review ${file} for bugs. Be brief.`, '--output-format', 'json']
  const options = { maxBuffer: MAX_ANSWER_BYTES, signal: stop.signal }
  return new Promise((resolve, reject) => {
    const agent = execFile('claude', args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(JSON.parse(stdout).result)
      if (typeof error.code === 'string') return reject(error)
      console.error(`${file}: ${stderr.trim() || stdout.trim() || error.message}`)
      resolve(null)
    })
    agent.stdin?.end()
  })
}

const reviews = new Map(process.argv.slice(2).map((file) => [file, null]))
const files = [...reviews.keys()]
async function work() {
  for (let file = files.shift(); file !== undefined; file = files.shift()) reviews.set(file, await review(file))
}
await Promise.all(Array.from({ length: AT_ONCE }, work))
console.log(JSON.stringify(Object.fromEntries(reviews), null, 2))
process.exitCode = [...reviews.values()].includes(null) ? 1 : 0
