import { describe, expect, it } from "@jest/globals";
import { newestPerDevice } from "./newest.ts";
import { splitBySize } from "./split.ts";

describe("newestPerDevice", () => {
  it("keeps the highest of each device, sorted by tenant and device", () => {
    const entries = [
      { tenant: "b", deviceId: "1", n: 1 },
      { tenant: "a", deviceId: "2", n: 5 },
      { tenant: "a", deviceId: "2", n: 4 },
      { tenant: "a", deviceId: "1", n: 1 },
    ];
    const kept = newestPerDevice(entries, (entry) => entry.n);
    expect(kept.map(({ tenant, deviceId, n }) => `${tenant}${deviceId}${n}`)).toEqual([
      "a11",
      "a25",
      "b11",
    ]);
  });
});

describe("splitBySize", () => {
  it("keeps every item, in order, in runs below the limit", () => {
    const items = Array.from({ length: 50 }, (_, n) => ({ n, text: "x".repeat(n) }));
    const runs = splitBySize(items, 300);
    expect(runs.flat()).toEqual(items);
    for (const run of runs) expect(JSON.stringify(run).length).toBeLessThanOrEqual(302);
  });

  it("gives an item that is too large a run of its own, and nothing for nothing", () => {
    expect(splitBySize(["x".repeat(50), "y"], 10)).toEqual([["x".repeat(50)], ["y"]]);
    expect(splitBySize([], 10)).toEqual([]);
  });
});
