#!/bin/sh
# What a container does first: it registers the notebooks' kernel, whose heap follows the memory that is there now, and
# then runs its command.
set -e
node "$(dirname "$0")/install-kernel.mjs" --user
exec "$@"
