export const meta = { name: 'first', description: 'Asks three agents and one more about their answers' }

const answers = await parallel(['ls', 'cat', 'tr'].map((tool) => () => agent(`What is ${tool} for? One line.`)))
return await agent(`Which of these tools is the oldest?\n${answers.join('\n')}`, { label: 'compare' })
