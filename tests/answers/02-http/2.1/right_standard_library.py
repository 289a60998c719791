import http.client
import io


class FakeSocket:
    def __init__(self, raw):
        self.raw = raw

    def makefile(self, *_):
        return io.BytesIO(self.raw)


def parse_response(raw):
    response = http.client.HTTPResponse(FakeSocket(raw))
    response.begin()
    return {
        "version": "HTTP/1.1" if response.version == 11 else "HTTP/1.0",
        "status": response.status,
        "reason": response.reason,
        "headers": {name.lower(): value for name, value in response.getheaders()},
        "body": response.read(),
    }
