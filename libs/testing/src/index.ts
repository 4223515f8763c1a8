export * from './database.ts';
export * from './other-mdm.ts';
export * from './servers.ts';
export * from './silent-log.ts';
export * from './test-clock.ts';
export * from './wait-for.ts';
