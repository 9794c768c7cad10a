/** Names in an evidence package. The page that verifies it reads them too: nothing but plain values here. */
export const EVIDENCE_PARTS = {
  verifier: '検証.html',
  howTo: '読み方.txt',
  howToEnglish: 'how-to.txt',
  manifest: 'manifest.json',
  recordingProof: 'recording.tlog-proof',
  manifestProof: 'manifest.tlog-proof',
  key: '公開鍵.txt',
} as const;

/** There when the checkpoint of the recording's proof has been stamped: the stamp, and the note that it is over. */
export const EVIDENCE_STAMP = { timestamp: 'timestamp.tsr', note: 'checkpoint.note' } as const;

export const evidenceAudio = (format: string) => `録音.${format}`;

export const EVIDENCE_KIND = 'denwaban-evidence';

/** The audit event by which a package comes into the log: `subject` is the SHA-256 of its manifest, in hex. */
export const EVIDENCE_LOGGED_AS = 'evidence.create';
