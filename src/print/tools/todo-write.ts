/** `TodoWrite`: the model's own list of what is to be done. It only has to be heard. */
import type { JsonObject } from '../../core/json.ts';
import type { Tool } from './tool.ts';
import { choice, list, optional, text } from './tool-fields.ts';
import { typedTool } from './typed-tool.ts';

const FIELDS = {
  todos: list(
    {
      content: text('What is to be done'),
      status: choice(['pending', 'in_progress', 'completed'], 'How far it is'),
      activeForm: optional(text('The same while it is being done')),
    },
    'The whole list as it now is',
  ),
};

export function todoWrite(): Tool {
  let current: readonly JsonObject[] = [];
  return typedTool({
    name: 'TodoWrite',
    description:
      'Notes the steps of a task of several steps, and how far each is. Give the whole list every time.',
    fields: FIELDS,
    isReadOnly: false,
    async run({ todos }) {
      const oldTodos = current;
      current = todos.map(({ content, status, activeForm }) => ({
        content,
        status,
        activeForm: activeForm ?? content,
      }));
      return { content: 'The list is noted.', isError: false, forPrograms: { oldTodos, newTodos: current } };
    },
  });
}
