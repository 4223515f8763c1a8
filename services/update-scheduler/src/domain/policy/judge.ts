import { type Fault, faultAt, type PolicySpec, valueAt } from '@lamplighter/contracts';

/** What a policy may refer to, and the day on which it is judged. */
export interface Known {
  groups: ReadonlySet<string>;
  windows: Readonly<Record<string, PolicySpec['windows'][number] & object>>;
  /** `YYYY-MM-DD`. */
  today: string;
}

export interface Says {
  message: string;
  remedy: string;
}
export type Path = readonly (string | number)[];

/** Collects what is wrong with a policy, and what will be done otherwise than it says. */
export class Judgement {
  /** Refused. */
  readonly faults: Fault[] = [];
  /** Replaced, passed over or without effect at run time: the policy is taken all the same. */
  readonly warnings: Fault[] = [];

  constructor(
    readonly spec: PolicySpec,
    readonly known: Known,
  ) {}

  fault(path: Path, says: Says): void {
    this.faults.push(this.at(path, says));
  }

  warn(path: Path, says: Says): void {
    this.warnings.push(this.at(path, says));
  }

  private at(path: Path, says: Says): Fault {
    return faultAt(path.map(String), valueAt(this.spec, path), says);
  }
}
