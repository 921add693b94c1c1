/**
 * Points twitter-api-v2 at perch.
 *
 * The library writes X's addresses into every call; a plugin may change them before anything is signed or sent:
 *
 *     const client = new TwitterApi(PERCH_KEY, perch(PERCH_URL));
 *
 * It works alike with the four OAuth 1.0a values of a key.
 */

import { Agent } from "node:http";

const X = /^https:\/\/(api|upload)\.x\.com/;

/** The settings of a client whose calls go to the gateway at `url`. */
export function perch(url) {
  const gateway = url.replace(/\/$/, "");
  const redirect = ({ params }) => {
    params.url = params.url.replace(X, gateway);
  };
  return {
    plugins: [{ onBeforeRequestConfig: redirect, onBeforeStreamRequestConfig: redirect }],
    // The library speaks https unless an agent says otherwise: for a gateway on this machine.
    httpAgent: gateway.startsWith("http:") ? new Agent({ keepAlive: true }) : undefined,
  };
}
