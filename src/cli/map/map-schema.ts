/** `--schema FILE|JSON`: read and checked once, before anything runs. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { compileSchema } from '../../wire/schemas/json-schema.ts';

export async function schemaFrom(option: string, cwd: string): Promise<JsonObject> {
  const isText = option.trimStart().startsWith('{');
  const source = isText ? '--schema' : `the schema ${JSON.stringify(path.resolve(cwd, option))}`;
  const schema = isText
    ? parsed(option, `--schema ${JSON.stringify(option.length > 80 ? `${option.slice(0, 80)}…` : option)}`)
    : parsed(await textOf(option, cwd), source);
  if (!isJsonObject(schema)) throw new UserError(`${source} must be a JSON object, a JSON Schema`);
  const check = await compileSchema(schema);
  if (check.kind === 'bad') throw new UserError(`${source} cannot be used: ${check.message}`);
  return schema;
}

async function textOf(option: string, cwd: string): Promise<string> {
  try {
    return await readFile(path.resolve(cwd, option), 'utf8');
  } catch (error) {
    throw new UserError(
      `--schema ${JSON.stringify(option)} cannot be read (${(error as NodeJS.ErrnoException).code}); give a file, or JSON that begins with {`,
    );
  }
}

function parsed(text: string, source: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new UserError(`${source} is not JSON: ${(error as Error).message}`);
  }
}
