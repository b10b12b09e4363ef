#!/bin/sh
# One agent per name on stdin, eight at once: `git ls-files -z '*.js' | recipes/legacy-xargs.sh`
# Each name ends with NUL: by lines, xargs would take quotes and spaces in them for its own. Exits 123 when an agent failed.
exec xargs -0 -P8 -I{} claude -p 'Review {} for bugs. Be brief.'
