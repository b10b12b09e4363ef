export const meta = {
  name: 'find-verify-summarise',
  description: 'Looks for bugs from several angles, has three sceptics judge each finding, and reports what stood',
  phases: [
    { title: 'Find', detail: 'one agent per angle' },
    { title: 'Verify', detail: 'three sceptics per finding, two of whom must be convinced' },
    { title: 'Summarise', detail: 'one report' },
  ],
}

const TARGET = args?.target ?? 'this repository'
const ANGLES = args?.angles ?? ['error handling', 'concurrency', 'input validation', 'resource leaks']

const SCEPTICS = {
  refute: 'Show that this finding is wrong.',
  reproduce: 'Reproduce this finding.',
  reach: 'Show how a user would run into this, or that nobody can.',
}
const NEEDED = 2

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
  ({ findings }) => parallel(findings.map((finding) => () => judge(finding))),
)

// A failed agent is null, wherever it stood: what went missing with it is said, not hidden.
const judged = perAngle.filter(Boolean).flat().filter(Boolean)
const unjudged = judged.filter(({ verdicts }) => verdicts < NEEDED)
const confirmed = judged.filter(({ votes }) => votes >= NEEDED)
const lostAngles = ANGLES.filter((_, index) => perAngle[index] === null)
if (lostAngles.length > 0) log(`not searched, because the agent failed: ${lostAngles.join(', ')}`)
if (unjudged.length > 0) log(`dropped, because too few sceptics answered: ${unjudged.map(({ title }) => title).join('; ')}`)
log(`${confirmed.length} of ${judged.length} findings stood`)

phase('Summarise')
const report =
  confirmed.length === 0
    ? 'No finding stood.'
    : await agent(`Write a short report of these confirmed findings, worst first:\n${JSON.stringify(confirmed, null, 2)}`, {
        label: 'report',
      })
if (report === null) log('there is no report: its agent failed')
return { confirmed, rejected: judged.length - confirmed.length, report }

async function judge(finding) {
  const answers = await parallel(
    Object.entries(SCEPTICS).map(([role, task]) => () =>
      agent(`${task} Read the code; guess nothing.\n${JSON.stringify(finding)}`, {
        label: `${role}: ${finding.title}`,
        phase: 'Verify',
        schema: VERDICT,
      }),
    ),
  )
  const verdicts = answers.filter(Boolean)
  return { ...finding, votes: verdicts.filter(({ real }) => real).length, verdicts: verdicts.length }
}
