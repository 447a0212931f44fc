/** The tones a state can have; each has its shape. */
export type Tone = 'live' | 'ok' | 'caution' | 'fault' | 'rest' | 'wait' | 'gone' | 'run';
