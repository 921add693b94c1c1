export default {
  async fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    return fetch(env.X_API_URL + pathname + search, request);
  },
};
