import { Command, InvalidArgumentError, Option } from 'commander';
import { topicOf } from '../apns/push-pki.ts';
import { PKI_FILES, pkiIn } from '../pki/pki-directory.ts';
import { run } from './run.ts';

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('a number above 0 is due.');
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 0)) throw new InvalidArgumentError('a whole number is due.');
  return value;
}

function runCommand(): Command {
  return new Command('run')
    .description('Enroll simulated devices at an MDM server and let them live until SIGINT or SIGTERM.')
    .requiredOption('--server <url>', "the MDM server's URL (https://…/mdm)")
    .option('--server-ca <file>', "PEM of what the MDM server's certificate is trusted by")
    .option('--devices <n>', 'how many devices', whole, 1000)
    .option('--seed <text>', 'same seed, mix and catalog: same devices', 'lamplighter')
    .option(
      '--device-ca <file>',
      'PEM certificate of the CA that signs the devices’ identities (else one in --pki-dir)',
    )
    .option('--device-ca-key <file>', 'its private key')
    .requiredOption('--pki-dir <dir>', 'certificates are read here, or made here on first use')
    .option('--apns-port <port>', 'port of the fake APNs; 0 takes a free one', whole, 0)
    .option('--apns-host <address>', 'address that the fake APNs listens on', '127.0.0.1')
    .option('--apns-max-streams <n>', 'SETTINGS_MAX_CONCURRENT_STREAMS of the fake APNs', whole, 1000)
    .option('--apns-delay <ms>', 'how long the fake APNs takes for an answer', whole, 0)
    .option('--mix <file>', 'JSON: platforms, zones, behaviours, settings (README)')
    .option('--behaviours <list>', 'shares such as notNow=0.1,offline=0.02; replaces those of the mix')
    .option('--catalog <file>', 'release feed in GDMF format (default: the sample that comes with the simulator)')
    .option('--enroll-rate <n>', 'devices a second that enroll', positive, 200)
    .option('--sockets <n>', 'connections to the MDM server at once', positive, 64)
    .option('--control-port <port>', 'control door on 127.0.0.1; 0 takes a free port', whole)
    .option('--progress <seconds>', 'how often progress is reported', positive, 5)
    .option('--exit-when-enrolled', 'end when every device has enrolled')
    .addOption(
      new Option('--clock <setting>', 'real, or scaled:<realEpochMs>:<startEpochMs>:<factor>')
        .env('LAMP_CLOCK')
        .default('real'),
    )
    .option('--json', 'one JSON object per line instead of text')
    .action(run);
}

function pkiCommand(): Command {
  return new Command('pki')
    .description('Make the certificates alone, before the services start: device CA, fake APNs, push certificate.')
    .requiredOption('--pki-dir <dir>', 'certificates that are there already are kept')
    .option('--seed <text>', 'the topic follows from it', 'lamplighter')
    .action(({ pkiDir, seed }: { pkiDir: string; seed: string }) => {
      const { topic } = pkiIn(pkiDir, topicOf(seed));
      process.stdout.write(`${JSON.stringify({ topic, directory: pkiDir, files: PKI_FILES })}\n`);
    });
}

/** The command line of the simulator. */
export function program(): Command {
  return new Command('fleet-sim')
    .description('Simulated Apple devices and a fake APNs that speak the real protocols.')
    .addCommand(runCommand())
    .addCommand(pkiCommand());
}
