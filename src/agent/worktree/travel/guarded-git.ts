/**
 * The environment of a git that touches what came from another host, or what an agent left. Such a tree can name programs
 * (filters, hooks, submodules, remotes of missing objects); none of them must be found: no configuration but this file's.
 */
import type { Environment } from '../../../core/program.ts';

/**
 * The user's own filters go too: which of them runs, on what, would be for the tree's `.gitattributes` to say. Files of git-lfs
 * stay the pointers that the commits hold.
 */
export function guardedEnvironment(env: Environment): Environment {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || name === 'GIT_EXEC_PATH');
  return {
    ...Object.fromEntries(kept),
    ...settingsAsEnvironment(SETTINGS),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    // A repository that lacks objects says where to fetch them, and by which program.
    GIT_ALLOW_PROTOCOL: '',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
  };
}

/**
 * For fetching alone: the user's own configuration holds (credentials, proxies, other names of hosts), and the transports are
 * those named, joined by `:`.
 */
export function fetchingEnvironment(env: Environment, protocols: string): Environment {
  return {
    ...env,
    GIT_ALLOW_PROTOCOL: protocols,
    GIT_NO_REPLACE_OBJECTS: '1',
    // ssh asks at the terminal, whatever its stdin is.
    SSH_ASKPASS: '/bin/false',
    SSH_ASKPASS_REQUIRE: 'force',
  };
}

/**
 * Everything that is wrong with an object counts, save what only histories of long ago have and no file system sees: there are
 * well-known repositories which nobody could send otherwise.
 */
export const CHECKED_OBJECTS = [
  ...['zeroPaddedFilemode', 'missingSpaceBeforeEmail', 'missingSpaceBeforeDate', 'missingNameBeforeEmail'],
  ...['missingEmail', 'badEmail', 'badName', 'badTimezone', 'zeroPaddedDate', 'badDate', 'badDateOverflow'],
  ...['multipleAuthors', 'nulInCommit'],
]
  .map((problem) => `${problem}=ignore`)
  .join(',');

const SETTINGS: Readonly<Record<string, string>> = {
  'advice.addEmbeddedRepo': 'false',
  'core.attributesFile': '/dev/null',
  'core.excludesFile': '/dev/null',
  'core.protectHFS': 'true',
  'core.protectNTFS': 'true',
  // No daemon that outlives us, no rewriting of what others read.
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'submodule.recurse': 'false',
};

function settingsAsEnvironment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(settings).flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return { ...Object.fromEntries(entries), GIT_CONFIG_COUNT: String(Object.keys(settings).length) };
}
