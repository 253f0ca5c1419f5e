/**
 * Keys that anybody can factor: the library of a common security chip made RSA primes from powers of 65537
 * (CVE-2017-15361, "The Return of Coppersmith's Attack", 2017, §2.1). The fingerprint is that the modulus is such a
 * power modulo each small prime; of other keys one in some hundred million has it by chance.
 */
export const hasRocaFingerprint = (modulus: bigint): boolean =>
  PRIMES.every((prime) => isPower(Number(modulus % BigInt(prime)), prime));

const GENERATOR = 65_537;

/** The odd primes of which every size of affected key is made; beyond 2048 bits there are more. */
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
  109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/** Whether a number is some power of the generator modulo a prime. Few primes are looked at for an ordinary key. */
function isPower(value: number, prime: number): boolean {
  let power = 1;
  do {
    if (power === value) return true;
    power = (power * GENERATOR) % prime;
  } while (power !== 1);
  return false;
}
