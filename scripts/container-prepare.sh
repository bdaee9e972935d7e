#!/bin/sh
# What an image or a development container has inside: the engine, both phantom cohorts and a trained network. Patients
# and networks that are there stay.
# Where TensorFlow runs at all, a set-up without it is an error and not a slower engine.
set -e
cd "$(dirname "$0")/.."
case "$(uname -m)" in
  x86_64) AXUNET_ENGINE=tensorflow npm run setup ;;
  *) npm run setup ;;
esac
npx axunet phantom
AXUNET_PROFILE=tiny npx axunet phantom
[ -d runs/first/last ] || npx axunet train --dataset phantom --preset demo --minutes 1.5 --out runs/first
npx axunet doctor
