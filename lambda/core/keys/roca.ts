/**
 * Keys that anybody can factor: the library of a common security chip made RSA primes from powers of 65537
 * (CVE-2017-15361, "The Return of Coppersmith's Attack", 2017, §2.1). The fingerprint is that the modulus is such a
 * power modulo each small prime; of other keys one in some hundred million has it by chance.
 */
export const hasRocaFingerprint = (modulus: bigint): boolean =>
  POWERS.every(({ prime, powers }) => powers.has(Number(modulus % BigInt(prime))));

const GENERATOR = 65_537;

/** The odd primes of which every size of affected key is made; beyond 2048 bits there are more. */
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
  109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/** All powers of the generator modulo each prime. */
const POWERS = PRIMES.map((prime) => {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * GENERATOR) % prime) powers.add(power);
  return { prime, powers };
});
