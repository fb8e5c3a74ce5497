package io.skein.load.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final int MEBIBYTE = 1024 * 1024;

    @Test
    void seesWhatLivesOnAHeap() throws Exception {
        long pid = ProcessHandle.current().pid();
        long before = Memory.liveHeap(pid);
        byte[] held = new byte[64 * MEBIBYTE];
        long after = Memory.liveHeap(pid);
        assertEquals(64, (double) (after - before) / MEBIBYTE, 16, () -> before + " and then " + after);
        assertEquals(0, held[held.length - 1]);
    }

    @Test
    void seesWhatIsResident() {
        long resident = Memory.resident(ProcessHandle.current());
        assertTrue(resident > 30L * MEBIBYTE && resident < 16_384L * MEBIBYTE, () -> "resident " + resident);
    }
}
