"""Programs run: calls, tail calls, callbacks, helpers, maps that stay between runs, contexts of every kind."""

from __future__ import annotations

from typing import Any

import pytest

from purebpf.runtime.vm import Machine, Trap

PACKET = bytes(range(64))


def test_a_run_reports_what_happened(machine: Any) -> None:
    text = "r2 = *(u32 *)(r1 + 0)\n r3 = 255\n *(u8 *)(r2 + 1) = r3\n r0 = 1\n exit"
    run = machine(text).run("prog", packet=PACKET)
    assert (run.retval, run.action, run.insns) == (1, "XDP_DROP", 5)
    assert run.packet == b"\0\xff" + PACKET[2:]


def test_subprograms_keep_r6_to_r9_and_have_stacks_of_their_own(machine: Any) -> None:
    text = """
        r6 = 5
        *(u64 *)(r10 - 8) = 1
        r1 = r10
        r1 += -8
        call inner
        r2 = *(u64 *)(r10 - 8)
        r0 += r2
        r0 += r6
        exit
    inner:
        r6 = 100
        *(u64 *)(r10 - 8) = 2
        r2 = *(u64 *)(r1 + 0)
        r2 += 10
        *(u64 *)(r1 + 0) = r2
        r0 = *(u64 *)(r10 - 8)
        exit
    """
    assert machine(text).run(packet=PACKET).retval == 2 + 11 + 5


def test_maps_and_variables_stay_between_runs(machine: Any) -> None:
    count = "*(u32 *)(r10 - 4) = 1; r2 = r10; r2 += -4; r1 = counts ll; call 1; r1 = 1; lock *(u64 *)(r0 + 0) += r1;"
    made: Machine = machine(count + "r1 = total ll; r2 = limit ll; r2 = *(u64 *)(r2 + 0); *(u64 *)(r1 + 0) = r2; r0 = 2; exit")
    made["limit"] = 33
    for _ in range(3):
        made.run(packet=PACKET)
    assert dict(made.maps["counts"].items()) == {0: 0, 1: 3, 2: 0, 3: 0}
    assert made["total"] == 33
    made.maps["counts"][1] = 10
    made.run(packet=PACKET)
    assert made.maps["counts"][1] == 11


def test_tail_calls_end_after_33(machine: Any) -> None:
    text = "r2 = programs ll; r3 = 0; call 12; r1 = total ll; r0 = *(u64 *)(r1 + 0); exit"
    step = "r6 = total ll; r7 = *(u64 *)(r6 + 0); r7 += 1; *(u64 *)(r6 + 0) = r7;" + text
    made: Machine = machine(text, others={"again": ("xdp", step)})
    assert made.run("prog", packet=PACKET).retval == 0  # an empty slot: the call falls through
    made.maps["programs"][0] = "again"
    assert made.run("prog", packet=PACKET).retval == 33
    assert dict(made.maps["programs"].items()) == {0: "again"}


def test_loops_call_back(machine: Any) -> None:
    text = "*(u64 *)(r10 - 8) = 0; r1 = 10; r2 = body ll; r3 = r10; r3 += -8; r4 = 0; call 181; r0 = *(u64 *)(r10 - 8); exit"
    body = "r3 = *(u64 *)(r2 + 0); r3 += r1; *(u64 *)(r2 + 0) = r3; r0 = 0; if r1 < 6 goto +1; r0 = 1; exit"
    made: Machine = machine(text, others={"body": (".text", body)})
    assert made.run("prog", packet=PACKET).retval == sum(range(7))


def test_for_each_sees_every_element(machine: Any) -> None:
    text = "r1 = table ll; r2 = body ll; r3 = r10; r3 += -8; *(u64 *)(r10 - 8) = 0; r4 = 0; call 164;"
    text += "r0 = *(u64 *)(r10 - 8); exit"
    body = "r5 = *(u32 *)(r2 + 0); r3 = *(u64 *)(r3 + 0); r3 *= r5; r1 = *(u64 *)(r4 + 0); r1 += r3;"
    body += "*(u64 *)(r4 + 0) = r1; r0 = 0; exit"
    made: Machine = machine(text, others={"body": (".text", body)})
    made.maps["table"][2] = 10
    made.maps["table"][3] = 100
    assert made.run("prog", packet=PACKET).retval == 320


def test_the_world_is_what_the_settings_say(machine: Any) -> None:
    made: Machine = machine("call 14; exit", section="raw_tp/x", pid=7, tid=9)
    assert made.run().r0 == 7 << 32 | 9
    made.env.pid = 8
    assert made.run().r0 == 8 << 32 | 9
    assert made.run(helpers={"get_current_pid_tgid": 5}).r0 == 5
    assert made.run(helpers={"bpf_get_current_pid_tgid": lambda: -1}).retval == 0xFFFF_FFFF
    assert made.run().r0 == 8 << 32 | 9


def test_time_passes_and_random_numbers_repeat(machine: Any) -> None:
    first = machine("call 5; r6 = r0; call 5; r0 -= r6; exit", section="raw_tp/x", clock_step=250).run().r0
    assert first == 250
    random = "call 7; exit"
    made = machine(random, section="raw_tp/x")
    drawn = [made.run().retval for _ in range(3)]
    assert len(set(drawn)) == 3
    again = machine(random, section="raw_tp/x")
    assert [again.run().retval for _ in range(3)] == drawn


def test_a_failing_replacement_is_a_trap(machine: Any) -> None:
    with pytest.raises(Trap, match=r"given for bpf_ktime_get_ns\(\) failed: ZeroDivisionError"):
        machine("call 5; exit", section="raw_tp/x").run(helpers={"ktime_get_ns": lambda: 1 // 0})


def test_printk_formats_as_the_kernel(machine: Any) -> None:
    stores = "".join(f"*(u8 *)(r10 - {32 - at}) = {byte};" for at, byte in enumerate(b"%d %x %s\n\0"))
    text = "r1 = r10; r1 += -32; r2 = 10; r3 = -5; r4 = 255; r5 = r1; call 6; r0 = 0; exit"
    made = machine(stores + text, section="raw_tp/x")
    assert made.run().printk == ["-5 ff %d %x %s"]


def test_records_are_read_in_order(machine: Any) -> None:
    send = "*(u64 *)(r10 - 8) = 77; r1 = ring ll; r2 = r10; r2 += -8; r3 = 8; r4 = 0; call 130;"
    event = "r1 = r6; r2 = events ll; r3 = 0xffffffff ll; r4 = r10; r4 += -8; r5 = 4; call 25; r0 = 0; exit"
    made: Machine = machine("r6 = r1;" + send + event, section="raw_tp/x", cpu=2)
    made.run()
    made.run()
    assert made.maps["ring"].read() == [(77).to_bytes(8, "little")] * 2
    assert made.maps["ring"].read() == []
    assert made.maps["events"].read() == [(77).to_bytes(4, "little")] * 2


@pytest.mark.parametrize(
    ("section", "ctx", "load"),
    [
        ("raw_tp/sched_switch", [1, 2, 3], "*(u64 *)(r1 + 16)"),
        ("fentry/do_x", {"args": [1, 2, 3]}, "*(u64 *)(r1 + 16)"),
        ("kprobe/do_x", {"args": [1, 2, 3]}, "*(u64 *)(r1 + 96)"),
        ("kprobe/do_x", {"rdx": 3}, "*(u64 *)(r1 + 96)"),
        ("kretprobe/do_x", {"ret": 3}, "*(u64 *)(r1 + 80)"),
        ("tracepoint/a/b", bytes(16) + b"\3", "*(u8 *)(r1 + 16)"),
        ("cgroup/connect4", {"user_port": 3}, "*(u32 *)(r1 + 24)"),
        ("syscall", b"\3\0\0\0", "*(u32 *)(r1 + 0)"),
    ],
)
def test_contexts_without_packets(machine: Any, section: str, ctx: Any, load: str) -> None:
    assert machine(f"r0 = {load}; exit", section=section).run(ctx=ctx).retval == 3


def test_socket_buffers_have_fields(machine: Any) -> None:
    made = machine("r2 = *(u32 *)(r1 + 8); r2 += 1; *(u32 *)(r1 + 8) = r2; r0 = *(u32 *)(r1 + 0); exit", section="tc")
    run = made.run(packet=PACKET, ctx={"mark": 41, "cb": [1, 2]})
    assert (run.retval, run.fields["mark"], run.fields["len"]) == (64, 42, 64)


def test_probe_reads_of_bad_addresses_fail_and_good_ones_give_text(machine: Any) -> None:
    text = "r3 = *(u64 *)(r1 + 112); r1 = r10; r1 += -8; r2 = 8; call 114; r6 = r0; r0 = *(u8 *)(r10 - 8);"
    text += "r0 <<= 8; r0 |= r6; exit"
    made = machine(text, section="kprobe/x")
    assert made.run(ctx={"args": ["Ab"]}).retval == ord("A") << 8 | 3
    assert made.run(ctx={"args": [1234]}).retval == 0xFFFF_FFF2  # -EFAULT


def test_legacy_packet_loads_end_the_program_outside_the_packet(machine: Any) -> None:
    text = "r6 = r1; r0 = *(u16 *)skb[{}]; exit"
    assert machine(text.format(2), section="tc").run(packet=PACKET).retval == 0x0203
    assert machine(text.format(63), section="tc").run(packet=PACKET).retval == 0


def test_hostile_instructions_never_crash(machine: Any) -> None:
    import random

    from purebpf.compiler.object.isa import Insn
    from purebpf.compiler.object.model import Function, Object
    from purebpf.runtime.vm import MachineError

    rnd = random.Random(3)
    for _ in range(3000):
        insns = [
            Insn(rnd.randrange(256), rnd.randrange(12), rnd.randrange(12), rnd.choice([0, 1, -8, 8, -1, 32767, -32768]),
                 rnd.choice([0, 1, 2, 5, 6, 12, 25, -1, 181, 1 << 30]))
            for _ in range(rnd.randrange(1, 20))
        ]  # fmt: skip
        try:
            Machine(Object("x", {"prog": Function("prog", "xdp", insns)}), instructions=500).run(packet=PACKET)
        except (Trap, MachineError) as error:
            assert error.code.startswith("R2")  # noqa: PT017
