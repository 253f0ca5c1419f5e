import { PLACE_HELP } from '../deployment/place.ts';

export const HELP = `Usage: npm run policy -- diff | put [FILE] [--issuer ISSUER] …
       npm run policy -- revoke | unrevoke [--issuer ISSUER] [--jti ID] [--sub SUB] [--client-id ID] [--issued-before TIME]
       pbpaste | npm run policy -- revoke --token -
       npm run policy -- rollback [--to TIME | --to NAME=VERSION …]
       npm run policy -- status [FILE]

Changes the parameters of a deployment, and shows what a change does before making it. It checks the new values with the
function's own parser, puts them in an order that is safe at every step, and waits until they are in force.

  diff                show what put would change, and whether it would refuse; write nothing
  put                 put the values that differ from the stored ones, and nothing else
  revoke              add entries to the revocations; what others add at the same time is kept
  unrevoke            remove entries from the revocations
  rollback            undo the last change; run again, it redoes it
  status              show the versions in SSM and in force, who put them, what is rejected, and whether FILE is what is stored

For diff, put and status:
  FILE                the value of "policy", as JSON or packed
  --revocations FILE  the value of "revocations"; the other parameters:
  --issuer ISSUER
  --audience LIST
  --jwks-uri URL
  --upstream URL
  --accept ID         put despite the warning with this ID; may be repeated. Any other warning stops the put, as in
                      check-config --strict, which shows the same IDs. Not for status
  --paths LIST        the paths that the load balancer sends to the function; a route outside them is then a warning.
                      Not for status

For revoke and unrevoke:
  --issuer ISSUER     the issuer of the tokens; needed unless the policy has only one
  --jti ID            the token with this ID; may be repeated, like the next two
  --sub SUB           all tokens of this subject; with --issued-before, only those issued before then
  --client-id ID      all tokens of this client
  --issued-before T   all tokens issued before this time: 2026-01-31T12:00:00Z (UTC unless it has a zone), seconds
                      since the epoch, or now; to unrevoke, the exact time that is stored
  --token -           the token on standard input, by its jti. It is decoded, not verified, and never printed
  --by CLAIM          revoke the token by this claim instead: jti, sub or client_id

For the subcommands that write:
  --if-version NAME=VERSION
                      refuse unless this parameter is at this version, such as policy=12; may be repeated. For put and
                      rollback
  --yes               do not ask; needed without a terminal
  --no-wait           do not wait until the change is in force

${PLACE_HELP}
  --json              print one JSON document on standard output, and all else on standard error
  --help              print this text

Status: 0 if it is done, or there was nothing to do; 1 if it was refused, failed, stopped or declined; 2 for bad arguments,
or if there was nobody to ask; 130 after Ctrl-C or SIGTERM. For diff, 1 if put would refuse. For status, 1 if something is
rejected or missing, if the keeper fails, or if the given values differ from the stored ones.`;
