"""Points tweepy at perch.

tweepy has no option for the address of X's API. It does keep one `requests` session per client, and a session can be told
what carries the requests to a host:

    client = tweepy.Client(bearer_token=PERCH_KEY)
    client.session.mount("https://api.twitter.com", PerchAdapter(PERCH_URL))

Pass `user_auth=False` where tweepy would sign by default, since the key is a bearer token. With the four OAuth 1.0a values
of a key instead, leave it out: tweepy signs for `https://api.twitter.com`, and perch knows that.
"""

from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter


class PerchAdapter(HTTPAdapter):
    """Carries requests to the gateway at `url`, with path, query, headers and body as they are."""

    def __init__(self, url, **options):
        super().__init__(**options)
        self.url = url.rstrip("/")

    def send(self, request, **options):
        _, _, path, query, _ = urlsplit(request.url)
        request.url = self.url + path + (f"?{query}" if query else "")
        return super().send(request, **options)
