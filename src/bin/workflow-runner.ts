/** What print mode loads when a model first calls for a workflow. */
export { sessionWorkflows } from '../launch/session-workflows.ts';
