# AMQP_URL=amqp://USER:PASSWORD@HOST:5672/%2F python3 later.py (needs pika, Debian's python3-pika)
import json
import os
import time
import uuid

import pika

# [connect]
broker = pika.URLParameters(os.environ["AMQP_URL"])
me, answers = broker.credentials.username, []
channel = pika.BlockingConnection(broker).channel()
channel.confirm_delivery()
channel.basic_consume("amq.rabbitmq.reply-to", lambda _, __, p, body: answers.append(json.loads(body)), auto_ack=True)


def say(command, headers, body=b"", **properties):
    properties = {"message_id": str(uuid.uuid4()), "reply_to": "amq.rabbitmq.reply-to", **properties}
    channel.basic_publish("scheduler", command, body, mandatory=True,
                          properties=pika.BasicProperties(user_id=me, delivery_mode=2, headers=headers, **properties))
# [end]


def wait_until(fulfilled):
    deadline = time.monotonic() + 20
    while not fulfilled():
        if time.monotonic() > deadline:
            raise SystemExit("nothing came within 20 s")
        channel.connection.process_data_events(time_limit=0.1)


queue = f"{me}.reminders-python"
for name in (queue, queue + ".parked"):
    channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_purge(name)

# [schedule]
say("schedule", {"x-key": "invoice-4711", "x-delay": 3_600_000, "x-exchange": "", "x-routing-key": queue},
    b'{"invoice": 4711}', content_type="application/json")
# [end]
say("schedule", {"x-key": "invoice-4711", "x-deliver-at": int(time.time() * 1000) + 3_600_000,
                 "x-exchange": "", "x-routing-key": queue}, b'{"invoice": 4711, "second": true}')
wait_until(lambda: len(answers) == 2)

# [cancel]
say("cancel", {"x-key": "invoice-4711"})
wait_until(lambda: len(answers) == 3)
print(*(answer["status"] for answer in answers))  # scheduled replaced cancelled
# [end]


# [retry]
def on_message(channel, delivery, properties, body):
    try:
        handle(properties, body)
    except Exception as failure:
        retry = {"x-routing-key": queue, "x-delay": 200, "x-max-attempts": 3, "x-reason": type(failure).__name__}
        properties.headers = {**(properties.headers or {}), **retry}
        properties.user_id = me
        channel.basic_publish("scheduler", "retry", body, properties, mandatory=True)  # confirmed when it returns
    channel.basic_ack(delivery.delivery_tag)
# [end]


handled = []


def handle(properties, body):
    handled.append((properties.headers or {}).get("x-attempt", 1))
    raise RuntimeError("no luck")


channel.basic_consume(queue, on_message)
say("schedule", {"x-delay": 100, "x-exchange": "", "x-routing-key": queue}, b"hopeless", reply_to=None)
parked = []
channel.basic_consume(queue + ".parked", lambda _, __, p, body: parked.append(p.headers), auto_ack=True)
wait_until(lambda: parked)
# 1 2 3 parked: attempts_exhausted 3
print(*handled, "parked:", parked[0]["x-parked-reason"], len(parked[0]["x-attempts"]))
channel.connection.close()
