/** Who calls: what a bearer token stands for. */
export interface Caller {
  tenant: string;
  name: string;
  /** Whether it may also change what all tenants share. */
  installation: boolean;
}
