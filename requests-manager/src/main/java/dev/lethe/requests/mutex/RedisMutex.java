package dev.lethe.requests.mutex;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * A lock of Redisson for each request, renewed while its holder lives. Redis is an optimisation: flushed, down or frozen, it
 * costs us wasted starts and nothing else, because PostgreSQL decides who owns a request.
 */
@Component
class RedisMutex implements Mutex, DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(RedisMutex.class);
    private static final int TIMEOUT_MILLIS = 500;
    private static final Held NOT_MINE = new Free(false);
    private static final Held NONE_TO_BE_HAD = new Free(true);

    /** Nothing to release. */
    private record Free(boolean isMine) implements Held {
        @Override
        public void close() {}
    }

    private final RedissonClient redisson;
    private final Counter unavailable;
    private final AtomicBoolean down = new AtomicBoolean();
    private volatile long askAgainAt = System.nanoTime();

    RedisMutex(RedisProperties properties, MeterRegistry meters) {
        var config = new Config();
        config.setCodec(StringCodec.INSTANCE);
        config.setLockWatchdogTimeout(properties.lease().toMillis());
        // A service must start without Redis
        config.setLazyInitialization(true);
        config.useSingleServer()
                .setAddress(properties.url())
                .setConnectionMinimumIdleSize(1)
                .setConnectionPoolSize(8)
                .setSubscriptionConnectionMinimumIdleSize(0)
                .setSubscriptionConnectionPoolSize(2)
                .setConnectTimeout(TIMEOUT_MILLIS)
                .setTimeout(TIMEOUT_MILLIS)
                .setRetryAttempts(0);
        this.redisson = Redisson.create(config);
        this.unavailable = Counter.builder("lethe.mutex.unavailable")
                .description("claims made without the mutex, because Redis could not be asked")
                .register(meters);
    }

    @Override
    public Held tryAcquire(UUID request) {
        if (down.get() && System.nanoTime() - askAgainAt < 0) {
            unavailable.increment();
            return NONE_TO_BE_HAD;
        }
        try {
            RLock lock = redisson.getLock("lethe:request:" + request);
            boolean mine = lock.tryLock();
            if (down.compareAndSet(true, false)) {
                log.atInfo().addKeyValue("event.action", "mutex-available").log("Redis is there again");
            }
            return mine ? new Locked(lock) : NOT_MINE;
        } catch (RedisException e) {
            return goOnWithout(e);
        }
    }

    private Held goOnWithout(@Nullable RuntimeException cause) {
        unavailable.increment();
        // Not asked with every request, or each would wait for the time-out
        askAgainAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        if (down.compareAndSet(false, true)) {
            log.atWarn()
                    .addKeyValue("event.action", "mutex-unavailable")
                    .addKeyValue(
                            "error.type",
                            cause == null ? null : cause.getClass().getName())
                    .log("Redis does not answer; work goes on without the mutex, PostgreSQL decides");
        }
        return NONE_TO_BE_HAD;
    }

    @Override
    public void destroy() {
        redisson.shutdown();
    }

    private final class Locked implements Held {

        private final RLock lock;

        Locked(RLock lock) {
            this.lock = lock;
        }

        @Override
        public boolean isMine() {
            return true;
        }

        @Override
        public void close() {
            try {
                lock.unlock();
            } catch (IllegalMonitorStateException e) {
                log.atDebug()
                        .addKeyValue("event.action", "mutex-lost")
                        .log("the mutex was gone before it was released: Redis was flushed, or we were paused");
            } catch (RedisException e) {
                goOnWithout(e);
            }
        }
    }
}
