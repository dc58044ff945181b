# AMQP_URL=amqp://USER:PASSWORD@HOST:5672/%2F ruby later.rb (needs bunny, Debian's ruby-bunny)
require "bunny"
require "json"
require "securerandom"
require "timeout"

# [connect]
connection = Bunny.new(ENV.fetch("AMQP_URL")).start
me, channel = connection.user, connection.create_channel
channel.confirm_select
answers = Thread::Queue.new
channel.queue("amq.rabbitmq.reply-to", no_declare: true).subscribe { |_, _, body| answers << JSON.parse(body) }

returned = Thread::Queue.new
scheduler = channel.exchange("scheduler", type: :direct, durable: true, no_declare: true)
scheduler.on_return { |*what| returned << what }
say = lambda do |command, headers, body = "", **properties|
  scheduler.publish(body, routing_key: command, user_id: me, persistent: true, mandatory: true, headers: headers,
                          message_id: SecureRandom.uuid, reply_to: "amq.rabbitmq.reply-to", **properties)
  raise "not with the scheduler" unless channel.wait_for_confirms && returned.empty?
end
# [end]

within_20_s = ->(&block) { Timeout.timeout(20, &block) }
queue = "#{me}.reminders-ruby"
[queue, "#{queue}.parked"].each do |name|
  channel.queue(name, durable: true, arguments: { "x-queue-type" => "quorum" }).purge
end

# [schedule]
say.("schedule", { "x-key" => "invoice-4711", "x-delay" => 3_600_000, "x-exchange" => "", "x-routing-key" => queue },
     '{"invoice": 4711}', content_type: "application/json")
# [end]
say.("schedule", { "x-key" => "invoice-4711", "x-deliver-at" => ((Time.now.to_f + 3_600) * 1_000).to_i,
                   "x-exchange" => "", "x-routing-key" => queue }, '{"invoice": 4711, "second": true}')
statuses = Array.new(2) { within_20_s.() { answers.pop["status"] } }

# [cancel]
say.("cancel", { "x-key" => "invoice-4711" })
statuses << within_20_s.() { answers.pop["status"] }
puts statuses.join(" ") # scheduled replaced cancelled
# [end]

handled = []
handle = lambda do |properties, _body|
  handled << (properties.headers || {}).fetch("x-attempt", 1)
  raise "no luck"
end

inbox = connection.create_channel # of its own: its thread waits for the confirms of the other

# [retry]
inbox.queue(queue, no_declare: true).subscribe(manual_ack: true) do |delivery, properties, body|
  begin
    handle.(properties, body)
  rescue StandardError => failure
    retry_it = { "x-routing-key" => queue, "x-delay" => 200, "x-max-attempts" => 3, "x-reason" => failure.class.name }
    as_it_came = { message_id: nil, reply_to: nil, **properties.to_h }
    say.("retry", (properties.headers || {}).merge(retry_it), body, **as_it_came.except(:headers, :user_id))
  end
  inbox.ack(delivery.delivery_tag)
end
# [end]

parked = Thread::Queue.new
channel.queue("#{queue}.parked", no_declare: true).subscribe { |_, properties, _| parked << properties.headers }
say.("schedule", { "x-delay" => 100, "x-exchange" => "", "x-routing-key" => queue }, "hopeless", reply_to: nil)
headers = within_20_s.() { parked.pop }
# 1 2 3 parked: attempts_exhausted 3
puts "#{handled.join(' ')} parked: #{headers['x-parked-reason']} #{headers['x-attempts'].size}"
connection.close
