/** The module boundaries of this repository: who may import whom. `npm run check` enforces them. */

const specs = '(\\.spec|\\.suite)\\.ts$|/test/|^services/e2e/';
const lib = (...names) => `^libs/(${names.join('|')})/`;
const layer = (...names) => `^services/([^/]+)/src/(${names.join('|')})/`;
const nest = 'node_modules/(@nestjs|rxjs)/';

/** @param {string} name @param {string} comment */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** Inside one service: what lies in `layers` imports from its own service only what matches `allowed`. */
const within = (name, comment, layers, allowed) =>
  forbid(name, comment, { path: layer(...layers), pathNot: specs }, { path: '^services/$1/src/', pathNot: allowed });

module.exports = {
  forbidden: [
    forbid(
      'no-cycles',
      'A cycle of files hides which of them carries the other.',
      { pathNot: '/generated/' },
      { circular: true, viaOnly: { pathNot: '/generated/' } },
    ),
    forbid(
      'no-unresolved',
      'An import that nothing answers to.',
      { pathNot: '/generated/' },
      { couldNotResolve: true },
    ),

    // Layers of a service: in → steps → domain; steps → ports ← out. The module file alone joins them.
    within(
      'domain-knows-domain',
      'domain imports no other part of its service.',
      ['domain'],
      '^services/$1/src/domain/',
    ),
    within(
      'steps-know-domain-and-ports',
      'steps import domain, ports and their settings, never in or out.',
      ['steps'],
      '^services/$1/src/(steps|domain)/|^services/$1/src/(ports/[a-z-]+|ports|config)\\.ts$',
    ),
    within(
      'in-knows-steps',
      'in and out meet in the module file only.',
      ['in'],
      '^services/$1/src/(in|steps|domain)/|^services/$1/src/(ports/[a-z-]+|ports|config)\\.ts$',
    ),
    within(
      'out-knows-ports',
      'out fulfils ports; it knows nothing of steps or in.',
      ['out'],
      '^services/$1/src/(out|domain)/|^services/$1/src/(ports/[a-z-]+|ports|config)\\.ts$',
    ),
    forbid(
      'ports-know-domain',
      'ports say what steps need, in the words of domain.',
      { path: '^services/([^/]+)/src/(ports/[a-z-]+|ports)\\.ts$' },
      { path: '^services/$1/src/', pathNot: '^services/$1/src/(domain|ports)/' },
    ),
    forbid(
      'domain-is-pure',
      'domain imports contracts and apple only: no Nest, clock, randomness or I/O.',
      { path: layer('domain'), pathNot: specs },
      { path: `${lib('runtime', 'messaging', 'storage', 'testing')}|${nest}` },
    ),
    forbid(
      'domain-does-no-io',
      'domain may hash (node:crypto) and nothing else of Node.',
      { path: layer('domain'), pathNot: specs },
      { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer|util)$' },
    ),
    forbid(
      'steps-reach-out-through-ports',
      'Only in, out and the module see messaging and storage.',
      { path: '^services/([^/]+)/src/(steps/|ports/|ports\\.ts$)', pathNot: specs },
      { path: lib('messaging', 'storage') },
    ),

    // Between services, libs and tools.
    forbid(
      'services-talk-over-the-wire',
      'A service never imports another service.',
      { path: '^services/([^/]+)/', pathNot: '^services/e2e/' },
      { path: '^services/', pathNot: '^services/$1/' },
    ),
    forbid(
      'console-knows-contracts',
      'The console shares nothing with the services but contracts.',
      { path: '^services/console/' },
      { path: '^libs/', pathNot: lib('contracts') },
    ),
    forbid(
      'pure-libs',
      'contracts and apple import no other lib.',
      { path: '^libs/(contracts|apple)/', pathNot: specs },
      { path: '^libs/', pathNot: '^libs/$1/' },
    ),
    forbid(
      'runtime-knows-contracts',
      'runtime imports contracts only.',
      { path: '^libs/runtime/', pathNot: specs },
      { path: '^libs/', pathNot: lib('runtime', 'contracts') },
    ),
    forbid(
      'plumbing-knows-runtime',
      'messaging and storage import runtime and contracts.',
      { path: '^libs/(messaging|storage)/', pathNot: specs },
      { path: '^libs/', pathNot: '^libs/($1|runtime|contracts)/' },
    ),
    forbid(
      'libs-know-no-service',
      'A lib serves services and tools; it knows none of them.',
      { path: '^libs/' },
      { path: '^(services|tools)/' },
    ),
    forbid(
      'testing-is-for-specs',
      'testing is imported by specs only.',
      { path: '^(services|libs|tools)/', pathNot: `${specs}|^libs/testing/` },
      { path: lib('testing') },
    ),
    forbid(
      'tools-speak-over-the-wire',
      'Tools import contracts and apple, and speak to services over the wire; but what is fuzzed or measured by itself runs in the tool.',
      {
        path: '^tools/(?!build/)',
        pathNot: `${specs}|^tools/(fuzz/src/(?:targets|declared-status|push-answers|refusing)|bench/src/messages/ours|bench/src/push/stage)\\.ts$`,
      },
      { path: '^(libs|services)/', pathNot: lib('contracts', 'apple') },
    ),
    forbid(
      'specs-are-leaves',
      'Nothing but a spec imports a spec, or what is there for specs alone.',
      { path: '^(services|libs|tools)/', pathNot: specs },
      { path: specs },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/dist/|node_modules/.*/node_modules/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
    skipAnalysisNotInRules: true,
  },
};
