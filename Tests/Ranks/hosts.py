"""Ranks that have no memory in common, and not the same processor."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from mpi import BOUND, ENVIRONMENT, MPI, RING, digest, farthest, first_error, scalars, tell, words, wrapper


def tcp(mpi: MPI, place: Path) -> None:
    """Two ranks without shared memory: by TCP on the loopback device."""
    environment = {**ENVIRONMENT, "OMPI_MCA_btl": "self,tcp", "OMPI_MCA_pml": "ob1",
                   "MPIR_CVAR_NOLOCAL": "1", "MPIR_CVAR_CH3_NOLOCAL": "1"}
    out = place / "tcp"
    result = subprocess.run(
        mpi.arguments(2, [*words(RING, out, steps=30), "--sums", "ordered"]), env=environment, capture_output=True,
        text=True, timeout=300)
    shared = place / "shared-memory"
    mpi.train(2, [*words(RING, shared, steps=30), "--sums", "ordered"])
    tell(result.returncode == 0 and digest(out) == digest(shared),
         f"{mpi.name}: by TCP the bytes of shared memory, ordered sums, 30 rounds", result.stderr[-200:])


class Hosts:
    """Two hosts with an address each, made of namespaces of the network and of names; needs root."""

    ADDRESSES = ("10.213.77.1", "10.213.77.2")

    def __init__(self, place: Path) -> None:
        self.names = [f"advas-{os.getpid()}-{side}" for side in "ab"]
        self.agent = place / "agent"
        # mpirun starts what runs on a host by `agent [-x] HOST COMMAND...`.
        self.agent.write_text(
            '#!/bin/sh\nwhile [ "${1#-}" != "$1" ]; do shift; done\nhost=$1; shift\n'
            f'[ "$host" = {self.ADDRESSES[0]} ] && name={self.names[0]} || name={self.names[1]}\n'
            'exec ip netns exec $name unshare --uts sh -c "hostname $name; $*"\n')
        self.agent.chmod(0o755)

    def __enter__(self) -> Hosts | None:
        (a, b), (c, d) = self.names, self.ADDRESSES
        commands = [
            f"netns add {a}", f"netns add {b}", f"link add eth0 netns {a} type veth peer name eth0 netns {b}",
            *(f"-n {name} {words}" for name, address in ((a, c), (b, d))
              for words in (f"addr add {address}/24 dev eth0", "link set eth0 up", "link set lo up"))]
        for command in commands:
            if subprocess.run(["ip", *command.split()], capture_output=True).returncode:
                self.__exit__()
                return None
        return self

    def __exit__(self, *_: object) -> None:
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)

    def arguments(self, mpi: MPI, ranks: int, words: list[str]) -> list[str]:
        hosts = ",".join(f"{address}:{ranks // 2}" for address in self.ADDRESSES)
        starting = (["--mca", "plm_rsh_agent", str(self.agent), "--host", hosts] if mpi.name == "Open MPI"
                    else ["-launcher", "ssh", "-launcher-exec", str(self.agent), "-hosts", hosts])
        return [str(self.agent), self.ADDRESSES[0], mpi.command, *starting, "-n", str(ranks), mpi.binary, *words,
                "--ranks", "mpi"]


def two_hosts(mpi: MPI, place: Path) -> None:
    """Ranks on two hosts that have nothing but a network in common, against one rank."""
    with Hosts(place) as hosts:
        if hosts is None:
            print(f"skip  {mpi.name}: two hosts: needs root and ip-netns")
            return
        for ranks in (2, 4):
            out = place / f"hosts-{ranks}"
            command = hosts.arguments(mpi, ranks, words(RING, out, precision="float64"))
            result = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)
            error = (farthest(scalars(out), scalars(place / "alone-ring with AdvAs"))
                     if result.returncode == 0 else float("inf"))
            tell(error <= BOUND, f"{mpi.name}: ring with AdvAs, {ranks} ranks on two hosts against one, float64",
                 f"{error:.1e}" + result.stderr[-300:] * (result.returncode != 0))


def another_processor(mpi: MPI, place: Path) -> None:
    """A rank whose processor, emulated, lacks AVX-512: refused, but where all are told to do without."""
    if not shutil.which("qemu-x86_64"):
        print(f"skip  {mpi.name}: a rank on another processor: needs qemu-user")
        return
    haswell = wrapper(place, "haswell", '[ "$rank" = 1 ] && set -- qemu-x86_64 -cpu Haswell "$@"')
    result = mpi.run(2, words(RING, place / "unlike"), haswell)
    tell(result.returncode == 2 and "kernels: AVX2" in result.stderr,
         f"{mpi.name}: a rank on another processor", f"exit {result.returncode}, {first_error(result.stderr)}")
    limits = {"ADVAS_MAX_ISA": "avx2", "OPENBLAS_CORETYPE": "Haswell", "ONEDNN_MAX_CPU_ISA": "AVX2"}
    digests, codes = [], []
    for name, starter in (("alike", None), ("limited", haswell)):
        out = place / name
        command = mpi.arguments(2, [*words(RING, out), "--sums", "ordered"], starter)
        result = subprocess.run(
            command, env={**ENVIRONMENT, **limits}, capture_output=True, text=True, timeout=300)
        digests.append(digest(out) if result.returncode == 0 else first_error(result.stderr))
        codes.append(result.returncode)
    same = codes == [0, 0] and digests[0] == digests[1]
    tell(same, f"{mpi.name}: the same bytes by unlike processors that are limited alike",
         digests[1][:16] if same else f"exits {codes}, {digests}")
