import { PLACE_HELP } from '../deployment/place.ts';

export const HELP = `Usage: npm run policy -- diff | put [FILE] [--issuer ISSUER] …
       npm run policy -- revoke | unrevoke [--issuer ISSUER] [--jti ID] [--sub SUB] [--client-id ID] [--issued-before TIME]
       pbpaste | npm run policy -- revoke --token -
       npm run policy -- rollback [--to TIME | --to NAME=VERSION …]
       npm run policy -- status [FILE]

Changes the parameters of a deployment, and shows what a change does before it is made. What is put is judged by the
function's own parser, put in an order that is safe at each step, and waited for until it is in force.

  diff                what put would change, and whether it would refuse; writes nothing
  put                 puts what differs from what is there, and nothing else
  revoke              adds to the revocations what is to be refused; what others add at the same time is kept
  unrevoke            takes the same back
  rollback            puts again what there was before the last change; once more, it goes forward again
  status              versions in SSM and in force, who put them, what is refused, and whether FILE is what is there

Of diff, put and status:
  FILE                the value of "policy", as JSON or packed
  --revocations FILE  the value of "revocations"; of the other parameters:
  --issuer ISSUER
  --audience LIST
  --jwks-uri URL
  --upstream URL
  --accept ID         put in spite of the warning with this id; may be repeated. Any other warning refuses the put, as
                      check-config --strict does, which has the same ids. Not of status
  --paths LIST        paths that the load balancer sends here; then a route outside them is a warning. Not of status

Of revoke and unrevoke:
  --issuer ISSUER     whose tokens; needed unless the policy has one issuer only
  --jti ID            this token; may be repeated, as the next two
  --sub SUB           all tokens of this subject; with --issued-before, those issued before then
  --client-id ID      all tokens of this client
  --issued-before T   what was issued before this time: 2026-01-31T12:00:00Z (UTC unless it has a zone), seconds
                      since the epoch, or now; to unrevoke it, the very time that is there
  --token -           the token on standard input, by its jti. It is decoded and not verified, and never printed
  --by CLAIM          by this claim of the token: jti, sub or client_id

Of what writes:
  --if-version NAME=VERSION
                      refuse unless this parameter is at this version, such as policy=12; may be repeated. Of put and
                      rollback
  --yes               do not ask. Without a terminal it is needed
  --no-wait           do not wait until it is in force

${PLACE_HELP}
  --json              one JSON document on standard output, all else on standard error
  --help              print this text

Status: 0 if it is done, or there was nothing to do; 1 if it is refused, failed, stopped, or answered with no; 2 for bad
arguments, or if nobody could be asked; 130 after Ctrl-C or SIGTERM. Of diff: 1 if put would refuse. Of status: 1 if
something is refused or missing, the keeper fails, or what is given differs from what is there.`;
