#!/bin/sh
# What an image or a development container has inside: the engine, both phantom cohorts and a trained network. What is
# there already stays.
set -e
cd "$(dirname "$0")/.."
npm run setup
npx axunet phantom
AXUNET_PROFILE=tiny npx axunet phantom
[ -d runs/first/last ] || npx axunet train --dataset phantom --preset demo --minutes 1.5 --out runs/first
npx axunet doctor
