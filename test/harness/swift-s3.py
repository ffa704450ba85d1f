"""OpenStack Swift with its S3 API, as one process on the loopback: proxy, account, container and object server.

Usage: swift-s3.py DIRECTORY ACCESS_KEY SECRET_KEY
Prints 'listening PORT' when the S3 API listens there. Everything is in DIRECTORY, whose file system must keep extended attributes.
An access key is ACCOUNT:USER, as tempauth calls its users.
"""

import os
import sys

import eventlet

eventlet.monkey_patch()

from swift.common import utils

directory, access_key, secret_key = sys.argv[1:]
account, user = access_key.split(':')


def write(name, text):
    path = os.path.join(directory, name)
    with open(path, 'w') as file:
        file.write(text)
    return path


# Read by the modules of Swift while they are imported.
utils.SWIFT_CONF_FILE = write('swift.conf', '[swift-hash]\nswift_hash_path_suffix = test\n')
utils.validate_hash_conf()
# Makes it log to this process's standard error too.
utils.get_logger.console_handler4logger = {}

from eventlet import wsgi
from swift.common.ring import RingBuilder
from swift.common.wsgi import SwiftHttpProtocol, loadapp


class MemoryCache:
    """What Swift keeps in memcached."""

    def __init__(self):
        self.values = {}

    def set(self, key, value, **_options):
        self.values[key] = value

    def get(self, key, **_options):
        return self.values.get(key)

    def incr(self, key, delta=1, **_options):
        self.values[key] = self.values.get(key, 0) + delta
        return self.values[key]

    def delete(self, key, **_options):
        self.values.pop(key, None)


def listen():
    return eventlet.listen(('127.0.0.1', 0), backlog=128)


def make_ring(name, port):
    builder = RingBuilder(part_power=1, replicas=1, min_part_hours=0)
    builder.add_dev({'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': port, 'device': 'disk', 'weight': 1})
    builder.rebalance()
    builder.get_ring().save(os.path.join(directory, name + '.ring.gz'))


def serve(sock, name, sections, wrap=lambda app: app):
    common = '[DEFAULT]\nswift_dir = %s\ndevices = %s/devices\nmount_check = false\nlog_level = ERROR\n' % (
        directory, directory)
    app = wrap(loadapp(write(name + '.conf', common + sections)))
    pool = eventlet.GreenPool(1024)
    eventlet.spawn(wsgi.server, sock, app, utils.NullLogger(), custom_pool=pool, protocol=SwiftHttpProtocol,
                   capitalize_response_headers=False)


def with_cache(app):
    cache = MemoryCache()

    def call(env, start_response):
        env['swift.cache'] = cache
        return app(env, start_response)

    return call


PROXY = """
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats bulk s3api tempauth copy slo dlo versioned_writes proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:tempauth]
use = egg:swift#tempauth
user_%s_%s = %s .admin
[filter:s3api]
use = egg:swift#s3api
max_upload_part_num = 10000
""" % (account, user, secret_key) + ''.join(
    '[filter:%s]\nuse = egg:swift#%s\n' % (name, name)
    for name in ['catch_errors', 'gatekeeper', 'listing_formats', 'bulk', 'copy', 'slo', 'dlo', 'versioned_writes'])

os.makedirs(os.path.join(directory, 'devices', 'disk'))
for server in ['account', 'container', 'object']:
    back = listen()
    make_ring(server, back.getsockname()[1])
    serve(back, server, '[app:main]\nuse = egg:swift#%s\n' % server)
front = listen()
serve(front, 'proxy', PROXY, with_cache)
print('listening', front.getsockname()[1], flush=True)
while True:
    eventlet.sleep(3600)
