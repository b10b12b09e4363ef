/** Takes out of the process what a script could use if it ever got out of its realm: the second wall behind the first. */
import { LANGUAGE_GLOBALS } from '../language-globals.ts';

/** Doors of `process` to native code, other processes and the outside, on any Node from 20 on. */
const PROCESS_DOORS = [
  '_debugEnd',
  '_debugProcess',
  '_kill',
  '_linkedBinding',
  'binding',
  'chdir',
  'dlopen',
  'execve',
  'getBuiltinModule',
  'kill',
  'loadEnvFile',
  'mainModule',
  'permission',
  'report',
  'setegid',
  'seteuid',
  'setgid',
  'setgroups',
  'setuid',
  'umask',
] as const;

/** Contract: what the caller took before goes on working. Of the globals only the language's own stay. */
export function dropAuthority(process: NodeJS.Process, global: typeof globalThis): void {
  for (const door of PROCESS_DOORS) Reflect.deleteProperty(process, door);
  for (const name of Object.getOwnPropertyNames(global)) {
    if (!LANGUAGE_GLOBALS.has(name)) Reflect.deleteProperty(global, name);
  }
}
