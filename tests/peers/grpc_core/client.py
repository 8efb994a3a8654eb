"""Calls a gRPC server on a unix socket with gRPC's own C core, which knows nothing of this project.

Reads {"socket": path, "calls": [{"method": path, "request": hex, "stream": bool}]} from standard input, makes all calls at
once on one connection, and prints a list of {"code", "details", "responses": [hex]}, in the order of the calls. Of a
stream it takes the first message and hangs up.
"""

import json
import sys

import grpc

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
DEADLINE_SECONDS = 20


def raw(message):
    return message


def begin(channel, call):
    kind = channel.unary_stream if call.get("stream") else channel.unary_unary
    method = kind(call["method"], request_serializer=raw, response_deserializer=raw)
    request = bytes.fromhex(call["request"])
    return method(request, timeout=DEADLINE_SECONDS) if call.get("stream") else method.future(request, timeout=DEADLINE_SECONDS)


def end(call, running):
    try:
        response = next(running) if call.get("stream") else running.result()
        running.cancel()
        return {"code": "OK", "details": "", "responses": [response.hex()]}
    except grpc.RpcError as error:
        return {"code": error.code().name, "details": error.details(), "responses": []}


def main():
    job = json.load(sys.stdin)
    options = [
        ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
        ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ]
    with grpc.insecure_channel("unix:" + job["socket"], options=options) as channel:
        running = [begin(channel, call) for call in job["calls"]]
        json.dump([end(call, future) for call, future in zip(job["calls"], running)], sys.stdout)


main()
