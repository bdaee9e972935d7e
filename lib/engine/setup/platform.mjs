// What set-up must know of a system: which TensorFlow fits it, how its libraries are called, and how a compiler links
// against them. Everything else asks here, with the system as a parameter, so that tests can ask for any.
import path from 'node:path';

const headers = [
  ...['c_api', 'c_api_macros', 'tf_attrtype', 'tf_buffer', 'tf_datatype', 'tf_status', 'tf_tensor', 'tf_tstring'].map(
    (name) => `c/${name}.h`,
  ),
  'c/eager/c_api.h',
  'core/platform/ctstring.h',
  'core/platform/ctstring_internal.h',
].map((name) => `include/tensorflow/${name}`);
const otherHeaders = ['platform/ctstring', 'platform/ctstring_internal', 'c/tsl_status'].map(
  (name) => `include/tsl/${name}.h`,
);

/** One file for everybody: what is used of it does not depend on the Python version. */
const tags = (platform) => [
  ...['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'],
  ...['--platform', platform],
];

/**
 * A pinned TensorFlow. 2.16.2 rather than 2.21.0: 60 MB smaller, silent while loading, equally fast.
 * `contents` is the sha256 of the lines "sha256  member" of what is unpacked: the cache's own list is not taken on
 * trust. `beside` are members that lie outside the package's folder, by their name in ours.
 */
function pinned({ name = 'tensorflow', platform, folder, libraries, beside = {}, ...sizes }) {
  const version = '2.16.2';
  const inPackage = [...libraries, ...headers, ...otherHeaders].map((member) => [member, `tensorflow/${member}`]);
  return {
    version,
    name,
    requirement: `${name}==${version}`,
    tags: tags(platform),
    folder: folder ?? `${name}-${version}-${platform}`,
    members: { ...Object.fromEntries(inPackage), ...beside },
    ...sizes,
  };
}

const onLinux = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
const onMac = ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'];

/** ELF: symbols of Node are found when the binding is loaded. */
const linux = { libraries: onLinux, linkFlags: () => ['-lpthread'] };
/** Mach-O has to be told that; and a library carries its own name, else that of the temporary file it was made in. */
const mac = {
  libraries: onMac,
  linkFlags: (name) => ['-undefined', 'dynamic_lookup', `-Wl,-install_name,@rpath/${name}`],
};

const systems = {
  'linux-x64': {
    ...linux,
    zig: 'x86_64-linux-gnu.2.17',
    wheel: pinned({
      name: 'tensorflow-cpu',
      platform: 'manylinux2014_x86_64',
      folder: 'tensorflow-cpu-2.16.2', // its name since before there were others
      libraries: onLinux,
      bytes: 214_055_683,
      unpackedBytes: 631_700_000,
      sha256: 'c855cb6bf05d32dd5928086b03a5f6b4189b63c22b95e017703cbee4291023ca',
      contents: '54ca93851fbf67c9d9c0e3a00164d73745406eccd01202b8734f197257becf26',
    }),
  },
  'linux-arm64': {
    ...linux,
    zig: 'aarch64-linux-gnu.2.17',
    wheel: pinned({
      platform: 'manylinux2014_aarch64',
      libraries: onLinux,
      // TensorFlow's library looks for it in its own folder too.
      beside: { 'libomp-e9212f90.so.5': 'tensorflow.libs/libomp-e9212f90.so.5' },
      bytes: 218_904_025,
      unpackedBytes: 713_000_000,
      sha256: '8728b12bc86941d90d0a927c40d4b21f8820964a80439a7c45f850eb37d57067',
      contents: '08a5b213714e232abc0c0fff10a2ccb35ccd082f350c8bd48035f983fbd5aec4',
    }),
  },
  'darwin-arm64': {
    ...mac,
    zig: 'aarch64-macos.12.0',
    wheel: pinned({
      platform: 'macosx_12_0_arm64',
      libraries: onMac,
      bytes: 227_025_342,
      unpackedBytes: 614_800_000,
      sha256: '2c8a0e79395639b762e62002db99b2f6cc608f744312c9940899c1128f325331',
      contents: '5764988a00fc25ea44b9e1223c813e8a6e526971a0b7acdc3139760de2a32000',
    }),
  },
};

/** What is known of a system; undefined where TensorFlow cannot be set up on it. */
export const systemOf = (platform = process.platform, arch = process.arch) => systems[`${platform}-${arch}`];

/** This system. Where TensorFlow cannot be set up, the names are those of Linux on x64, whose files are then absent. */
export const here = systemOf() ?? systems['linux-x64'];

/**
 * What links `name` against TensorFlow: the real folder, not links to it, for the GPU library looks for CUDA relative
 * to the place it was loaded from.
 */
export const linkArguments = (library, name, system = here) => [
  ...system.libraries.map((each) => path.join(library, each)),
  ...['-Xlinker', '-rpath', '-Xlinker', library],
  ...system.linkFlags(name),
];
