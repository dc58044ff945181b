package dev.lethe.requests.mutex;

import java.util.UUID;

/** Mutual exclusion between workers, as well as it goes. When Redis cannot be reached everybody may work. */
public interface Mutex {

    /** Never waits for another holder. */
    Held tryAcquire(UUID request);

    /** Released when closed, and when its holder is not heard of for a while. */
    interface Held extends AutoCloseable {

        /** Whether the caller may go on: it holds the mutex, or there is none to be had. */
        boolean isMine();

        @Override
        void close();
    }
}
