export const meta = {
  name: 'find-verify-summarise',
  description: 'Looks for bugs from several angles, has each finding doubted by two agents, and reports what stood',
  phases: [
    { title: 'Find', detail: 'one agent per angle' },
    { title: 'Verify', detail: 'two sceptics per finding' },
    { title: 'Summarise', detail: 'one report' },
  ],
}

const ANGLES = args?.angles ?? ['error handling', 'concurrency', 'input validation']
const TARGET = args?.target ?? 'this repository'

const FINDINGS = {
  type: 'object',
  properties: {
    findings: {
      type: 'array',
      maxItems: 4,
      items: {
        type: 'object',
        properties: {
          title: { type: 'string' },
          file: { type: 'string' },
          severity: { enum: ['low', 'medium', 'high'] },
        },
        required: ['title', 'file', 'severity'],
      },
    },
  },
  required: ['findings'],
}

const VERDICT = {
  type: 'object',
  properties: { real: { type: 'boolean' }, why: { type: 'string' } },
  required: ['real', 'why'],
}

// Each angle flows on to its own verification as soon as it is through: no angle waits for the slowest one.
const perAngle = await pipeline(
  ANGLES,
  (angle) =>
    agent(`Find bugs in ${TARGET}. Look at ${angle} only. Read the code; guess nothing.`, {
      label: `find: ${angle}`,
      phase: 'Find',
      schema: FINDINGS,
    }),
  async ({ findings }) => {
    const judged = await parallel(findings.map((finding) => () => verify(finding)))
    return judged.filter(Boolean)
  },
)

const judged = perAngle.filter(Boolean).flat()
const confirmed = judged.filter((finding) => finding.votes === 2)
const dropped = perAngle.filter((angle) => angle === null).length
if (dropped > 0) log(`${dropped} of ${ANGLES.length} angles failed and are not in the report`)
log(`${confirmed.length} of ${judged.length} findings stood`)

phase('Summarise')
const report = await agent(
  `Write a short report of these confirmed findings, worst first:\n${JSON.stringify(confirmed, null, 2)}`,
  { label: 'report' },
)
return { confirmed, judged: judged.length, report }

async function verify(finding) {
  const verdicts = await parallel(
    ['Show that this finding is wrong.', 'Reproduce this finding.'].map((task, index) => () =>
      agent(`${task}\n${JSON.stringify(finding)}`, {
        label: `${index === 0 ? 'refute' : 'reproduce'}: ${finding.title}`,
        phase: 'Verify',
        schema: VERDICT,
      }),
    ),
  )
  return { ...finding, votes: verdicts.filter((verdict) => verdict?.real).length }
}
