/** Apple's feed as these specs know it: one release of each OS version, one that has expired. */
export const FEED = JSON.stringify({
  PublicAssetSets: {
    iOS: [
      {
        ProductVersion: '26.6',
        Build: '23U67',
        PostingDate: '2026-07-27',
        ExpirationDate: '2027-11-20',
        SupportedDevices: ['iPhone15,2', 'iPad13,1', 'AppleTV14,1'],
      },
      {
        ProductVersion: '18.7.8',
        Build: '22H352',
        PostingDate: '2026-07-27',
        ExpirationDate: '2027-11-20',
        SupportedDevices: ['iPhone15,2', 'iPhone11,2'],
      },
      {
        ProductVersion: '26.7',
        Build: '23V1',
        PostingDate: '2026-07-27',
        ExpirationDate: '2026-08-01',
        SupportedDevices: ['iPhone15,2'],
      },
    ],
    macOS: [
      {
        ProductVersion: '26.6.2',
        Build: '25G83',
        PostingDate: '2026-08-17',
        ExpirationDate: '2027-11-20',
        SupportedDevices: ['J414sAP', 'J313AP'],
      },
      {
        ProductVersion: '15.7.9',
        Build: '24G830',
        PostingDate: '2026-08-17',
        ExpirationDate: '2027-11-20',
        SupportedDevices: ['J414sAP', 'J313AP'],
      },
    ],
  },
});
