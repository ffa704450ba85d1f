#!/usr/bin/env node
// Runs a script of an installed package with the project's Node, after setting up: `node bin/tool.mjs <script> [...]`.
import { runScript } from './setup.mjs'

const [script, ...args] = process.argv.slice(2)
await runScript(script, args)
