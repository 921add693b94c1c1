// The way of a request through the platform, one crossing into wasm for each thing perch decides. There is no decision here:
// which headers are read, sent and answered is told by the caller.

let read, kept;

/** Names of the headers that cross, once for each instance: of requests and of X's answers, separated by spaces. */
export function crossing(ofRequests, ofAnswers) {
  read = ofRequests.split(" ");
  kept = new Set(ofAnswers.split(" "));
}

/** Method, URL and the headers that are read, a line each. No value can hold a line end. */
export function head(request) {
  const headers = request.headers;
  let lines = request.method + "\n" + request.url;
  for (const name of read) {
    const value = headers.get(name);
    if (value !== null) lines += "\n" + name + ":" + value;
  }
  return lines;
}

const fields = (lines) => {
  const fields = {};
  for (const line of lines.split("\n")) {
    const colon = line.indexOf(":");
    fields[line.slice(0, colon)] = line.slice(colon + 1);
  }
  return fields;
};

/** What `work` brings, unless it is late. */
async function within(ms, work) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new DOMException("", "TimeoutError")), ms)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The whole body of a request, or the name of what is wrong with it. */
export async function hold(request, limit, withinMs) {
  if (request.body === null) return new Uint8Array(0);
  // A body of announced length has that length, or breaks off; the caller has seen that it is within the limit.
  const announced = request.headers.has("content-length") && !request.headers.has("transfer-encoding");
  try {
    return await within(withinMs, announced ? request.arrayBuffer() : whole(request.body.getReader(), limit));
  } catch (fault) {
    return fault.name === "TimeoutError" ? "late" : "broken";
  }
}

async function whole(reader, limit) {
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > limit) return "long";
    parts.push(value);
  }
  return parts.length === 1 ? parts[0] : new Uint8Array(await new Blob(parts).arrayBuffer());
}

// An answer of at most so many bytes is waited for: it is passed on with its length, and one that breaks off can still be told.
const SHORT = 65536;

/** X's answer: its status and headers as lines, and its body. A body that must end does, within so many ms of its head. */
export function carry(method, url, lines, body, timeoutMs, withinMs) {
  const init = { method, headers: fields(lines), redirect: "manual", encodeResponseBody: "manual" };
  if (body !== null) init.body = body;
  return within(timeoutMs, carried(url, init, withinMs));
}

async function carried(url, init, withinMs) {
  const response = await fetch(url, init);
  let text = "" + response.status;
  let length = -1;
  response.headers.forEach((value, name) => {
    if (!kept.has(name)) return;
    text += "\n" + name + ":" + value;
    if (name === "content-length") length = +value;
  });
  let answer = response.body;
  if (answer !== null && withinMs > 0) {
    answer = length >= 0 && length <= SHORT ? await response.arrayBuffer() : ending(answer, length, withinMs);
  }
  return { head: text, body: answer };
}

function ending(body, length, withinMs) {
  const passage = length > SHORT ? new FixedLengthStream(length) : new IdentityTransformStream();
  body.pipeTo(passage.writable, { signal: AbortSignal.timeout(withinMs) }).catch(() => {});
  return passage.readable;
}

/** An answer for the client. */
export function answer(status, lines, body) {
  return new Response(body, { status, headers: fields(lines), encodeBody: "manual" });
}
