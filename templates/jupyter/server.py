"""The Jupyter server of a capsule, on its own loopback interface.

Nobody but the capsule's own processes and the Wrenn server gets to this port. The server lets others through who have the
team's key, the capsule's token for ports or a signed address for this one, so such an address gives everything inside away.
That is why it asks for no token and takes requests for any host name and from any origin.
"""

import gc

from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.ioloop import IOLoop

PORT = 8888

# What `wrenn` calls the notebook of a call that names none. It is there before anybody asks, because a kernel takes most
# of a second to start.
FIRST = "default.ipynb"


class Channels(ZMQChannelsWebsocketConnection):
    """Sends every message of a kernel at once. A short cell ends with several small ones, of which each would otherwise wait
    until the one before it is acknowledged: 40 ms."""

    def connect(self):
        # Here, because the end of the request that opened the WebSocket resets it.
        self.websocket_handler.set_nodelay(True)
        return super().connect()


class Server(ServerApp):
    """The server as it is, without what serves people in a browser."""

    def __init__(self):
        super().__init__()
        config = self.config
        config.ServerApp.jpserver_extensions = {}
        config.ServerApp.open_browser = False
        config.ServerApp.allow_root = True
        config.ServerApp.allow_remote_access = True
        config.ServerApp.allow_origin = "*"
        config.ServerApp.disable_check_xsrf = True
        config.ServerApp.terminals_enabled = False
        config.ServerApp.kernel_websocket_connection_class = Channels
        config.IdentityProvider.token = ""
        # How much a cell may print is decided outside. What a client has not read yet is kept in this process's memory, so it
        # is outside too that a cell is interrupted whose reader is too slow.
        config.ZMQChannelsWebsocketConnection.limit_rate = False
        config.MultiKernelManager.default_kernel_name = "wrenn"
        # How often it looks whether a kernel has died, in seconds.
        config.AsyncIOLoopKernelRestarter.time_to_dead = 1.0

    def initialize(self):
        arguments = ["--ip=127.0.0.1", f"--port={PORT}", "--ServerApp.port_retries=0"]
        super().initialize(arguments, find_extensions=False)
        # What is there now stays for good.
        gc.freeze()

    def init_httpserver(self):
        # Before anybody can ask, so that nobody starts another one under the same name.
        IOLoop.current().run_sync(self.start_first_kernel)
        super().init_httpserver()

    async def start_first_kernel(self):
        await self.session_manager.create_session(
            path=FIRST, name=FIRST, type="notebook", kernel_name="wrenn"
        )


if __name__ == "__main__":
    server = Server()
    server.initialize()
    server.start()
