/**
 * Detects keys that anybody can factor: the library of a common security chip made RSA primes from powers of 65537
 * (CVE-2017-15361, "The Return of Coppersmith's Attack", 2017, §2.1). Their modulus is a power of 65537 modulo each
 * small prime. About one other key in several hundred million has the same property by chance.
 */
export const hasRocaFingerprint = (modulus: bigint): boolean =>
  PRIMES.every((prime) => isPower(Number(modulus % BigInt(prime)), prime));

const GENERATOR = 65_537;

/** The odd primes that occur in every size of affected key; beyond 2048 bits there are more. */
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
  109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/** Whether a number is a power of the generator modulo a prime. For an ordinary key, few primes are tested. */
function isPower(value: number, prime: number): boolean {
  let power = 1;
  do {
    if (power === value) return true;
    power = (power * GENERATOR) % prime;
  } while (power !== 1);
  return false;
}
