package dev.lethe.requests.access.report;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Packs a file beside the one who writes it, at most a few blocks behind. */
final class Press {

    private static final int BLOCKS_BEHIND = 3;

    private record Block(byte[] bytes, int length, boolean last) {}

    private final PackedFile.Packing packing;
    private final BlockingQueue<Block> waiting = new ArrayBlockingQueue<>(BLOCKS_BEHIND);
    private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(BLOCKS_BEHIND + 2);
    private final Thread thread;
    private volatile @Nullable Throwable failure;

    Press(PackedFile.Packing packing) {
        this.packing = packing;
        this.thread = Thread.ofVirtual().name("packing").start(this::run);
    }

    /** Takes a block, and gives one to write on. */
    byte[] handOver(byte[] bytes, int length) throws IOException {
        put(new Block(bytes, length, false));
        byte[] used = empty.poll();
        return used == null ? new byte[PackedFile.BLOCK] : used;
    }

    /** Returns when all is packed. */
    void end(byte[] bytes, int length) throws IOException {
        put(new Block(bytes, length, true));
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw PackedFile.interrupted();
        }
        check();
    }

    /** Returns when nothing is packed any more: who packed may be given to others then. */
    void stop() {
        boolean interrupted = false;
        thread.interrupt();
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void put(Block block) throws IOException {
        check();
        try {
            waiting.put(block);
        } catch (InterruptedException e) {
            throw PackedFile.interrupted();
        }
    }

    private void check() throws IOException {
        Throwable failed = failure;
        if (failed != null) {
            throw new IOException("could not put a part of a report aside", failed);
        }
    }

    private void run() {
        try {
            Block block;
            do {
                block = waiting.take();
                // After a failure the blocks are only taken, so that the writer comes to hear of it
                if (failure == null) {
                    pack(block);
                }
                empty.offer(block.bytes());
            } while (!block.last());
        } catch (InterruptedException stopped) {
            failure = stopped;
        }
    }

    private void pack(Block block) {
        try {
            packing.add(block.bytes(), block.length());
            if (block.last()) {
                packing.end();
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
    }
}
