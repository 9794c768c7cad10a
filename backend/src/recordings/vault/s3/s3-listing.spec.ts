import { describe, expect, it } from '@jest/globals';
import { errorCodeOf, parseListing } from './s3-listing.ts';

const page = (inner: string) =>
  `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListBucketResult>`;

describe('a listing of object storage', () => {
  it('tells paths below the prefix and sizes', () => {
    const xml = page(
      '<IsTruncated>false</IsTruncated><Contents><Key>office/2026%2F11/a+b%26.c2sp</Key><ETag>&quot;x&quot;</ETag><Size>12</Size></Contents>' +
        '<Contents><Size>0</Size><Key>office/%3CSize%3E9</Key></Contents>',
    );
    expect(parseListing(xml, 'office/')).toEqual({
      files: [
        { path: '2026/11/a b&.c2sp', sizeBytes: 12 },
        { path: '<Size>9', sizeBytes: 0 },
      ],
      continuation: null,
    });
  });

  it('tells where the next page begins, only if there is one', () => {
    const token = '<NextContinuationToken>a&amp;b==</NextContinuationToken>';
    expect(parseListing(page(`<IsTruncated>true</IsTruncated>${token}`), '').continuation).toBe('a&b==');
    expect(parseListing(page(`<IsTruncated>false</IsTruncated>${token}`), '').continuation).toBeNull();
  });

  it.each(['', 'no XML', '<html>a proxy was here</html>', page('<Contents><Key>a</Key></Contents>')])(
    'is refused rather than taken for an empty one: %p',
    (answer) => {
      expect(() => parseListing(answer, '')).toThrow(SyntaxError);
    },
  );
});

describe('an error of object storage', () => {
  it('is told by its code', () => {
    expect(errorCodeOf('<Error><Code>NoSuchBucket</Code><Message>x</Message></Error>')).toBe('NoSuchBucket');
    expect(errorCodeOf('<CopyObjectResult><ETag>x</ETag></CopyObjectResult>')).toBeNull();
  });
});
