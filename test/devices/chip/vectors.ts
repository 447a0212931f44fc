/**
 * Vectors of the chips' wire: computed from public descriptions of the protocols and checked against real blocks and
 * captures (see the REFERENCE.md beside each chip). Hex, spaces removed. Commands are without 55 AA, replies without AA 55.
 */

/** Commands with their CRC5 in the last byte: what it is, frame. */
export const commandFrames: readonly (readonly [string, string])[] = [
  ['BM1387 read id all', '5405000019'],
  ['BM1387 chain inactive', '5505000010'],
  ['BM1387 set addr 80', '4105800019'],
  ['BM1387 read PLL addr 00', '4405000c04'],
  ['BM1387 baud D=1', '5809001c002001001b'],
  ['BM1387 baud D=13', '5809001c00200d001f'],
  ['BM1387 gate D=1', '5809001c4020818009'],
  ['discovery', '520500000a'],
  ['chain inactive', '5305000003'],
  ['set addr 00 / next rows 02 04 06 08', '400500001c'],
  ['set addr 02', '4005020001'],
  ['set addr 04', '4005040003'],
  ['set addr 06', '400506001e'],
  ['set addr 08', '4005080007'],
  ['set addr 2A (R909 chip 1)', '40052a0019'],
  ['set addr D2 (chip 5)', '4005d20018'],
  ['A4 90 00 FFFF', '510900a49000ffff1c'],
  ['A4 80 00 FFFF', '510900a48000ffff18'],
  ['A8 00070000', '510900a80007000003'],
  ['18 F000C100', '51090018f000c10004'],
  ['3C 80008B00', '5109003c80008b0012'],
  ['3C 8000800C', '5109003c8000800c11'],
  ['3C 800082AA single 00', '4109003c800082aa05'],
  ['A8 000701F0 single 00', '410900a8000701f015'],
  ['18 F000C100 single 00', '41090018f000c1000c'],
  ['14 difficulty 256', '51090014000000ff08'],
  ['10 HCN 1EB5', '5109001000001eb50f'],
  ['28 11300200', '510900281130020003'],
  ['54 00000002', '510900540000000218'],
  ['58 00011111', '51090058000111110d'],
  ['B9 00004480', '510900b9000044800d'],
  ['3C 80008DEE', '5109003c80008dee1b'],
  ['68 C0700111', '51090068c070011100'],
  ['20 00000001', '510900200000000102'],
  ['read reg 8C all', '5205008c1d'],
  ['read reg 4C all', '5205004c14'],
];

/** Four-byte commands: three bytes, CRC5 over 27 bits. */
export const shortFrames: readonly (readonly [string, number])[] = [
  ['840000', 0x11],
  ['840004', 0x00],
  ['850000', 0x0f],
  ['010000', 0x19],
  ['018000', 0x16],
  ['012a00', 0x14],
  ['040004', 0x01],
  ['048004', 0x0e],
  ['86009a', 0x04],
];

/** Replies of BM1397 and later. */
export const replyFrames: readonly (readonly [string, string])[] = [
  ['BM1397 id', '13971800000006'],
  ['BM1397 id with address 2A', '139718002a000b'],
  ['BM1362 id', '13620300000000001e'],
  ['BM1366 id', '136600000000000005'],
  ['BM1368 id', '13680000000000000f'],
  ['BM1370 id', '137000000000000010'],
  ['BM1370 id, 9-byte form', '13700000000006'],
  ['register 18 reset value, 9-byte form', '0000c100001802'],
  ['BM1362/1370 PLL 300 MHz read-back', '40780240000800001a'],
  ['BM1397 PLL 400 MHz read-back', '40a00215000805'],
  ['BM1370 nonce', '1800a640029922f991'],
  ['BM1362 nonce', '6db88ee10104035494'],
  ['nonce', '0735cdcf025e002e96'],
  ['nonce', '460332e700c32c8399'],
  ['nonce', '500341d6008118019b'],
];

/** MHz, word, command. */
export const bm1384Pll: readonly (readonly [number, number, string])[] = [
  [6.25, 0x0003, '82000308'],
  [50, 0x0383, '8203831f'],
  [100, 0x0783, '8207831c'],
  [106.25, 0x1087, '8210870a'],
  [125, 0x0983, '8209830a'],
  [150, 0x0b83, '820b8319'],
  [175, 0x0d83, '820d8309'],
  [193.75, 0x1e87, '821e871c'],
  [200, 0x0782, '82078211'],
  [225, 0x0882, '8208821c'],
  [237.5, 0x1286, '82128614'],
  [250, 0x0982, '82098207'],
  [300, 0x0b82, '820b8214'],
  [350, 0x0d82, '820d8204'],
  [400, 0x0781, '82078106'],
  [450, 0x0881, '8208810b'],
  [500, 0x0981, '82098110'],
];

/** MHz, broadcast command, reply of the chip at 00. */
export const bm1387Pll: readonly (readonly [number, string, string])[] = [
  [50, '5809000c0010024107', '8010024100001a'],
  [100, '5809000c0020024109', '8020024100001b'],
  [150, '5809000c0030024110', '80300241000007'],
  [200, '5809000c0040024115', '80400241000019'],
  [300, '5809000c0060024102', '80600241000004'],
  [393.75, '5809000c007e02411f', '807e0241000000'],
  [400, '5809000c0040022103', '80400221000002'],
  [500, '5809000c005002211a', '8050022100001e'],
  [550, '5809000c0058022104', '80580221000010'],
  [600, '5809000c0060022114', '8060022100001f'],
  [700, '5809000c007002210d', '80700221000003'],
  [800, '5809000c008002211e', '80800221000006'],
  [900, '5809000c0090022107', '8090022100001a'],
];

/** MHz, then register bytes and CRC5 for BM1397 and for BM1362 and BM1370. */
export const gekkoPll: readonly (readonly [number, string, string])[] = [
  [100, '4078023516', '4078024201'],
  [150, '40b402351a', '40b402420d'],
  [200, '40a0022516', '40a0024114'],
  [250, '40c8022514', '40c8024116'],
  [300, '4078021507', '407802400b'],
  [350, '408c02151b', '408c024017'],
  [400, '40a002151d', '40a0024011'],
  [450, '40b402150b', '40b4024007'],
  [500, '406401150e', '4064014002'],
  [550, '406e011505', '406e014009'],
  [600, '4078011506', '407801400a'],
  [700, '408c01151a', '408c014016'],
  [800, '40a001151c', '40a0014010'],
];

/** MHz, then register bytes and CRC5 for BM1370, for BM1366 and BM1368, and for BM1397. */
export const bitaxePll: readonly (readonly [number, string, string, string])[] = [
  [50, '40a802650f', '40a802650f', '403c02531a'],
  [56.25, '40bd026501', '40bd026501', '403f027203'],
  [62.5, '40af026408', '409602540b', '403c026214'],
  [100, '40a002431e', '409002520f', '4040024211'],
  [200, '40a0024114', '40a0024114', '404002411e'],
  [300, '40a802601e', '4090025005', '404802310c'],
  [400, '40a0024011', '40a0024011', '4040022108'],
  [425, '40aa02401a', '40aa02401a', '4044022107'],
  [450, '40b4024007', '4090023013', '4048022116'],
  [485, '50c202401c', '50c202401c', '40c2025107'],
  [490, '50c4024006', '50c4024006', '40c402511d'],
  [500, '40a002301d', '40a002301d', '4050022111'],
  [525, '40a8023003', '40a8023003', '405402211e'],
  [550, '40b0023004', '40b0023004', '405802210f'],
  [575, '40b802301a', '40b802301a', '405c022100'],
  [600, '50c0023005', '4090022009', '406002211f'],
  [625, '50c802301b', '4096022013', '4064022110'],
];

export interface BlockVector {
  readonly name: string;
  readonly header: string;
  /** As explorers show it. */
  readonly hash: string;
  readonly midstateWire: string;
  readonly tail: string;
  /** The version that the jobs below use. */
  readonly version: number;
  readonly jobs: Readonly<Record<string, string>>;
  /** CRC16 of other jobs: BM1362 id 10; BM1370 id 18 with length 36; BM1387 id 11 with one midstate. */
  readonly otherCrcs?: readonly [string, string, string];
}

export const blocks: readonly BlockVector[] = [
  {
    name: 'Genesis',
    header:
      '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c',
    hash: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
    midstateWire: '4719f91b96b187364f0103c8c3c8d8e91e59caa890ccac7d6358bff0bc909a33',
    tail: 'ffff001d29ab5f494b1e5e4a',
    version: 0x00000001,
    jobs: {
      icarus:
        '4719f91b96b187364f0103c8c3c8d8e91e59caa890ccac7d6358bff0bc909a330000000000000000000000000000000000000000ffff001d29ab5f494b1e5e4a',
      bm1384:
        '4719f91b96b187364f0103c8c3c8d8e91e59caa890ccac7d6358bff0bc909a330000000000000000ffffffff0000000000000010ffff001d29ab5f494b1e5e4a',
      oneMidstate: '2136100100000000ffff001d29ab5f494b1e5e4a4719f91b96b187364f0103c8c3c8d8e91e59caa890ccac7d6358bff0bc909a3394f3',
      fourMidstates:
        '2196100400000000ffff001d29ab5f494b1e5e4a4719f91b96b187364f0103c8c3c8d8e91e59caa890ccac7d6358bff0bc909a33724b0ce72e335edb9f535c57726ade2aa963d4dac1b776db2993fed208dbcbc73b4e8a1089b96b6bb704824201bbf085d8b390db09c3a118f479660288fad25df5aa020f8804007f6f0e74526f2ef68a1898cb3cfc74eb6538e3bae708a5dbb77d6c',
      bm1362:
        '55aa2136080100000000ffff001d29ab5f494b1e5e4a3a9fb8aa888a51327fc81bc367768f617ac72c3e7a7b12b23ba3edfd0000000000000000000000000000000000000000000000000000000000000000010000000cf3',
      bm1370Bitaxe:
        '55aa2156180100000000ffff001d29ab5f494b1e5e4a3a9fb8aa888a51327fc81bc367768f617ac72c3e7a7b12b23ba3edfd000000000000000000000000000000000000000000000000000000000000000001000000fb42',
      bm1370Gekko:
        '55aa21ff180000000000ffff001d29ab5f494b1e5e4a3a9fb8aa888a51327fc81bc367768f617ac72c3e7a7b12b23ba3edfd000000000000000000000000000000000000000000000000000000000000000001000000e266',
    },
    otherCrcs: ['3eec', 'df06', '8685'],
  },
  {
    name: 'Block 125552',
    header:
      '0100000081cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000e320b6c2fffc8d750423db8b1eb942ae710e951ed797f7affc8892b0f1fc122bc7f5d74df2b9441a42a14695',
    hash: '00000000000000001e8d6829a8a21adc5d38d0a473b144b6765798e61f98bd1d',
    midstateWire: '7a78da2dcd5bce692f56a9da07e86e372d2810a016e669ba05c567139524c593',
    tail: 'f2b9441ac7f5d74df1fc122b',
    version: 0x00000001,
    jobs: {
      icarus:
        '7a78da2dcd5bce692f56a9da07e86e372d2810a016e669ba05c567139524c5930000000000000000000000000000000000000000f2b9441ac7f5d74df1fc122b',
      bm1384:
        '7a78da2dcd5bce692f56a9da07e86e372d2810a016e669ba05c567139524c5930000000000000000ffffffff0000000000000010f2b9441ac7f5d74df1fc122b',
      oneMidstate: '2136100100000000f2b9441ac7f5d74df1fc122b7a78da2dcd5bce692f56a9da07e86e372d2810a016e669ba05c567139524c593443e',
      fourMidstates:
        '2196100400000000f2b9441ac7f5d74df1fc122b7a78da2dcd5bce692f56a9da07e86e372d2810a016e669ba05c567139524c593620698e7795817fb3484cd29ef653c41c0fee0367ba695a032444f56da2ddf6d028fb068fdea2359b77ff1fa0bfe79b67939b72cf673310b276633181f53fb45a3edc74de7b86b89257d8fd021bd4b11503ee23473a07b7c509d2b79c3a8192a3e90',
      bm1362:
        '55aa2136080100000000f2b9441ac7f5d74df1fc122bfc8892b0d797f7af710e951e1eb942ae0423db8bfffc8d75e320b6c200000000a3080000b8851ba444d49ab2fe99f2decd9317e27e569e8b81cd02ab01000000bf9e',
      bm1370Bitaxe:
        '55aa2156180100000000f2b9441ac7f5d74df1fc122bfc8892b0d797f7af710e951e1eb942ae0423db8bfffc8d75e320b6c200000000a3080000b8851ba444d49ab2fe99f2decd9317e27e569e8b81cd02ab01000000482f',
      bm1370Gekko:
        '55aa21ff180000000000f2b9441ac7f5d74df1fc122bfc8892b0d797f7af710e951e1eb942ae0423db8bfffc8d75e320b6c200000000a3080000b8851ba444d49ab2fe99f2decd9317e27e569e8b81cd02ab01000000510b',
    },
    otherCrcs: ['8d81', '6c6b', '5648'],
  },
  {
    name: 'Block 881423',
    header:
      '0060592ee3c96a8a70ca15fe215e99f84ab64c43e1b5d2c43b540100000000000000000076f63a35f1b8b5016d3eb0cce2eebbdf58bf8fbea4e870c8f770346bdfcf622d69c19a678a9a021702fb05ff',
    hash: '0000000000000000000269d52c24ea451225613aab095d90d771d4e29aa96cdd',
    midstateWire: '982b68259000911b39dcaff7d6343463e51f347f005345233ff9668312056425',
    tail: '8a9a021769c19a67dfcf622d',
    version: 0x20000000,
    jobs: {
      midstates:
        '982b68259000911b39dcaff7d6343463e51f347f005345233ff9668312056425e8423d629ea2618a91f164dac6409cf9fec560b06c1e88a7ee68197ef6dce50089e7b77a9e2aacf3a388661e0b4a15db93e3145c1bd880839ca4df78e5d56c40d3bf30845aba478d97b807970b61ed109449acdf088ccc298990e82657adeb69',
      fourMidstates:
        '21961004000000008a9a021769c19a67dfcf622d982b68259000911b39dcaff7d6343463e51f347f005345233ff9668312056425e8423d629ea2618a91f164dac6409cf9fec560b06c1e88a7ee68197ef6dce50089e7b77a9e2aacf3a388661e0b4a15db93e3145c1bd880839ca4df78e5d56c40d3bf30845aba478d97b807970b61ed109449acdf088ccc298990e82657adeb69ce4a',
      bm1370Bitaxe:
        '55aa21561801000000008a9a021769c19a67dfcf622df770346ba4e870c858bf8fbee2eebbdf6d3eb0ccf1b8b50176f63a3500000000000000003b540100e1b5d2c44ab64c43215e99f870ca15fee3c96a8a000000208814',
    },
  },
];

export interface ReplyVector {
  readonly block: string;
  readonly version: number;
  readonly midstateIndex: number | undefined;
  /** Header bytes 76–79, or undefined where a full scan found none. */
  readonly nonce: string;
  readonly difficulty: number;
  readonly icarus?: string;
  readonly antminer?: string;
  readonly bm1384?: string;
  readonly bm1387: string;
  readonly bm1362: string;
  readonly bm1370: string;
}

/** Replies to those jobs: BM1384, BM1387 and BM1397 id 10, BM1362 id 08, BM1370 id 18. */
export const replies: readonly ReplyVector[] = [
  {
    block: 'Genesis',
    version: 0x00000001,
    midstateIndex: 0,
    nonce: '1dac2b7c',
    difficulty: 2536.426,
    icarus: '1dac2b7c',
    antminer: '1dac2b7c10',
    bm1384: '1dac2b7c90',
    bm1387: '1dac2b7c001089',
    bm1362: '1dac2b7c000800009b',
    bm1370: '1dac2b7c003000008f',
  },
  {
    block: 'Block 125552',
    version: 0x00000001,
    midstateIndex: 0,
    nonce: '5afeca88',
    difficulty: 1.328,
    icarus: '5afeca88',
    antminer: '5afeca8810',
    bm1384: '5afeca8890',
    bm1387: '5afeca88001088',
    bm1362: '5afeca880008000080',
    bm1370: '5afeca880030000094',
  },
  {
    block: 'Block 125552',
    version: 0x00000001,
    midstateIndex: 0,
    nonce: '42a14695',
    difficulty: 35987218905.509,
    icarus: '42a14695',
    antminer: '42a1469510',
    bm1384: '42a1469590',
    bm1387: '42a1469500109c',
    bm1362: '42a14695000800008f',
    bm1370: '42a14695003000009b',
  },
  {
    block: 'Block 125552',
    version: 0x00000001,
    midstateIndex: 0,
    nonce: 'c32c1ebd',
    difficulty: 1.873,
    icarus: 'c32c1ebd',
    antminer: 'c32c1ebd10',
    bm1384: 'c32c1ebd90',
    bm1387: 'c32c1ebd00109a',
    bm1362: 'c32c1ebd000800009f',
    bm1370: 'c32c1ebd003000008b',
  },
  {
    block: 'Block 125552',
    version: 0x1fff0001,
    midstateIndex: 2,
    nonce: 'f13e1f42',
    difficulty: 1.132,
    bm1387: 'f13e1f42001296',
    bm1362: 'f13e1f420008fff897',
    bm1370: 'f13e1f420030fff883',
  },
  {
    block: 'Block 125552',
    version: 0x1fffe001,
    midstateIndex: 3,
    nonce: '93991cfb',
    difficulty: 7.752,
    bm1387: '93991cfb001385',
    bm1362: '93991cfb0008ffff8b',
    bm1370: '93991cfb0030ffff9f',
  },
  {
    block: 'Block 881423',
    version: 0x20000000,
    midstateIndex: 0,
    nonce: 'c5b399bc',
    difficulty: 6.08,
    icarus: 'c5b399bc',
    antminer: 'c5b399bc10',
    bm1384: 'c5b399bc90',
    bm1387: 'c5b399bc001087',
    bm1362: 'c5b399bc000800008d',
    bm1370: 'c5b399bc0030000099',
  },
  {
    block: 'Block 881423',
    version: 0x2000e000,
    midstateIndex: 1,
    nonce: 'd8688f5c',
    difficulty: 5.264,
    bm1387: 'd8688f5c001185',
    bm1362: 'd8688f5c0008000786',
    bm1370: 'd8688f5c0030000792',
  },
  {
    block: 'Block 881423',
    version: 0x3fffe000,
    midstateIndex: 3,
    nonce: 'e89b3ec3',
    difficulty: 2.066,
    bm1387: 'e89b3ec3001390',
    bm1362: 'e89b3ec30008ffff9f',
    bm1370: 'e89b3ec30030ffff8b',
  },
  {
    block: 'Block 881423',
    version: 0x2e596000,
    midstateIndex: undefined,
    nonce: '02fb05ff',
    difficulty: 116627841100297.3,
    icarus: '02fb05ff',
    antminer: '02fb05ff10',
    bm1384: '02fb05ff90',
    bm1387: '02fb05ff001094',
    bm1362: '02fb05ff000872cb89',
    bm1370: '02fb05ff003072cb9d',
  },
];
